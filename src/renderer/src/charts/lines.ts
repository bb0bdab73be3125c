import type { ChartLine } from './chart'

/** The two lines of a figure that is measured on either part of the rows; one where no rows are kept for validation. */
export function trainingAndValidation(
  validated: boolean,
  training: ChartLine['value'],
  validation: ChartLine['value']
): ChartLine[] {
  const lines: ChartLine[] = [{ label: 'training', colour: '--train', value: training }]
  if (validated) lines.push({ label: 'validation', colour: '--validation', dashed: true, value: validation })
  return lines
}
