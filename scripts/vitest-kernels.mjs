/** Before the unit tests: the kernels that they run are those of the sources. */
export { ensureKernels as default } from './build-kernels.mjs'
