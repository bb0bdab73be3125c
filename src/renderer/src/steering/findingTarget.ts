/** What explains a finding of the training doctor. */
import type { FindingView } from '../../../shared/run-views'
import type { ExplainTarget } from '../state/explainTarget'

/** Findings about how the gradient goes back through the layers. */
const ofTheFlow: ReadonlySet<string> = new Set(['vanishing-gradients', 'exploding-gradients'])

/** The layer that it is about, the worst of several; the way of the gradient; or the moment when it was found. */
export function findingTarget(
  { rule, epoch, evidence }: Pick<FindingView, 'rule' | 'epoch' | 'evidence'>,
  layers: readonly string[]
): ExplainTarget {
  if (ofTheFlow.has(rule)) return { kind: 'tab', tab: 'flow', epoch }
  const ofLayers = evidence.lines
    .filter(({ label }) => layers.includes(label))
    .toSorted((one, other) => (other.y.at(-1) ?? 0) - (one.y.at(-1) ?? 0))
  const layer = ofLayers[0]?.label
  return layer === undefined ? { kind: 'moment', epoch } : { kind: 'layer', layer, epoch }
}
