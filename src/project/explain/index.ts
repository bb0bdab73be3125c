/** What is explained of a run. */
export { batchSubject, heldRun, type HeldRun } from './of-run'
export { microscopeView, type MicroscopePlace } from './microscope-view'
export { rowSubject, subjectOf, type ExplainedRows } from './subject'
