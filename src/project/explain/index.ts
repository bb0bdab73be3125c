/** What is explained of a run. */
export {
  benchState,
  benchWork,
  openBench,
  requireShort,
  tableOfBench,
  type BenchSize,
  type BenchStateOptions,
  type OpenedBench
} from './bench'
export { benchMicroscope, benchNumber } from './bench-number'
export { batchSubject, heldRun, type HeldRun } from './of-run'
export { keptMoments, keptState, type KeptState } from './kept-state'
export { microscopeView, type MicroscopePlace } from './microscope-view'
export { rowSubject, subjectOf, type ExplainedRows } from './subject'
export { lossSubjectOf, type LossSubject } from './loss-subject'
export { checkedStep, keptCheck } from './gradient-check'
export { derivation } from './derivation'
export { documentHtml } from './document-html'
export { documentLatex } from './document-latex'
