/** Pictures of a run at a moment, made between the slices of its training. */
export { activationsOf } from './activations'
export { filtersOf } from './filters'
export { surfaceOf, surfacePointsOf } from './surface'
