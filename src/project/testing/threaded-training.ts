/**
 * A process of its own that trains with three threads and comes to its end: `close` closes the training, `leave` does
 * not, `pause` does not and leaves it in the middle.
 */
import path from 'node:path'
import { compileModel, createTraining, modelSpecOf } from '../../engine'
import { loadKernels } from '../kernels'

const ROWS = 90
const [, , end] = process.argv

loadKernels(path.resolve(import.meta.dirname, '../../../resources/kernels'))
const samples = {
  features: { shape: [ROWS, 2], data: new Float64Array(ROWS * 2).map((_, i) => Math.sin(i * i)) },
  targets: { shape: [ROWS, 1], data: new Float64Array(ROWS).map((_, row) => row % 2) }
}
const training = createTraining({
  model: compileModel(modelSpecOf([], 2, 'binary', 'log', 2)),
  ...{ task: 'binary', answers: 2, loss: 'log', optimizer: { type: 'adam', config: {} } },
  ...{ batchSize: 16, epochs: 20, seed: 1, threads: 3, training: samples, validation: samples }
})
let epochs = 0
for await (const { type } of training.events(undefined, { stepsAhead: Infinity })) {
  if (type === 'epoch') epochs++
  if (end === 'pause' && epochs === 10) break
}
process.stdout.write(JSON.stringify({ ...training.executor, epochs }))
if (end === 'close') training.close()
