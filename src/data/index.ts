/** Tables: read a file, look at it, split it and turn it into the numbers a network sees. */
export { findColumn, imageSize, isMissing, lengthOf, listNames, noneSkipped, requireColumn } from './table'
export type { CategoryColumn, Column, ImageColumn, NumberColumn, SkippedRows, Table, TableFormat } from './table'
export type { ColumnType } from './column-type'
export { readTable } from './read'
export { readTables } from './read-tables'
export { inTurns, Turns } from './turns'
export type { ReadOptions, ReadProgress } from './readers/reader'
export { readWholeFile } from './readers/whole-file'
export { numberText } from './numbers'
export { textValues } from './cells'
export { timeText } from './dates'
export { associationSteps } from './association'
export { columnPreview } from './column-preview'
export { profileTable, tableRows } from './profile'
export { augmentedImages } from './augmented-images'
export { imagePage } from './images'
export { uselessRoles, type Role } from './findings'
export { suggestSetup } from './suggest'
export {
  classNames,
  featureNames,
  inputShape,
  outputCount,
  outputNames,
  preparationSchema,
  targetNames,
  valueOutputs,
  type ValueOutput
} from './preparation'
export type { FeaturePreparation, Preparation, TargetPreparation } from './preparation'
export { needsValue } from './features/feature'
export { foldLetter } from './features/words'
export * as calendar from './features/calendar'
export { cellsFor, usableRows } from './encode'
export { answeredRows, encodeFeatures, encodeTargets, inputCells, inputRows } from './inputs'
export { hasWindow, lastWindows } from './windows'
export { embeddedInputs } from './embedded-inputs'
export { predictionNotices } from './prediction-notices'
export { prepare } from './prepare'
export type { Prepared } from './prepare'
export { foldSplit, requireFolds, splitTable } from './split'
export type { Parting } from './split'
export { listSamples, sampleById, sampleListSchema, sampleSetup } from './samples'
export type { Sample } from './samples'
export { listGenerators, previewGenerator } from './generators'
export { generatedTable, madeFile, type MadeFile } from './made'
export { memoryTable, tableOfRows } from './memory-table'
export { honestyFindings, honestySteps } from './honesty'
export { wordsTakenAsMissing } from './missing-words'
