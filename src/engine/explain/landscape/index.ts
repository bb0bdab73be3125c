/** The loss around a network's weights: planes through them, the path of a run on a plane, and the losses there. */
export { coarseToFine, type CoarseToFine, type Level } from './coarse-to-fine'
export { LossLine, MOST_POINTS, type Barrier } from './loss-line'
export { LossSlice, MOST_SIDE, type SliceOptions } from './loss-slice'
export { weightsOf, type Direction, type Plane, type Weights } from './plane'
export {
  MOST_SNAPSHOTS,
  principalPlane,
  type Path,
  type PrincipalOptions,
  type PrincipalPlane
} from './principal-plane'
export { extentAround, Projection, type Extent, type PlanePoint, type Projected } from './projection'
export { randomPlane, randomPlaneInSlices } from './random-plane'
