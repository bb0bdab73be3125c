/** Rows that follow one another in time as one input: windows over a table. */
export { asideOfWindows, isWindowed, requirePlaces, requireWindow, type WindowSetup } from './check'
export {
  answeredWindows,
  endRows,
  hasWindow,
  lastWindows,
  placesOfWindows,
  windowCells,
  windowFeatures,
  windowRows,
  windowTargets
} from './encode'
export { windowNotices, windowPredictionNotices } from './notices'
export { orderRows } from './order'
export { splitWindows } from './split'
export { regularityOf } from './steps'
