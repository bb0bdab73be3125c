/** The compiled kernels, for commands that compute. */
import path from 'node:path'
import { loadKernels } from '../project'

/** Where `scripts/build-kernels.mjs` puts them. */
const folder = path.resolve(import.meta.dirname, '../../resources/kernels')

/** Without them, networks run on the reference executor. */
export function loadCompiledKernels(): void {
  loadKernels(folder)
}
