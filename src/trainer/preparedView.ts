import { classNames, embeddedInputs, featureNames, inputShape, outputNames, type Prepared } from '../data'
import type { PreparedView } from '../shared/views'

/** What of prepared data a window shows: names and counts, never the rows. */
export function preparedView(prepared: Prepared): PreparedView {
  const { preparation, training, trainRows, validationRows, testRows, notices } = prepared
  const classes = classNames(preparation)
  const classCounts = classes.map(() => 0)
  // For classes every target is a class index.
  if (classes.length > 0) for (const index of training.targets.data) classCounts[index] = (classCounts[index] ?? 0) + 1
  return {
    features: featureNames(preparation),
    inputShape: inputShape(preparation),
    embedded: embeddedInputs(preparation),
    classes,
    outputs: outputNames(preparation),
    trainRows: trainRows.length,
    validationRows: validationRows.length,
    testRows: testRows.length,
    classCounts,
    notices
  }
}
