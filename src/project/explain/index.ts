/** What is explained of a run. */
export { batchSubject, heldRun, type HeldRun } from './of-run'
export { microscopeView, type MicroscopePlace } from './microscope-view'
export { rowSubject, subjectOf, type ExplainedRows } from './subject'
export { lossSubjectOf, type LossSubject } from './loss-subject'
export { derivation } from './derivation'
export { documentHtml } from './document-html'
export { documentLatex } from './document-latex'
