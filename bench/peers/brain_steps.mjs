/**
 * Times brain.js's NeuralNetwork. It trains row by row: a step is one of its updates for each row of the batch. It knows
 * squared error alone, and its activation is that of the output too. It trains as it does unless told otherwise, by SGD
 * with momentum: its Adam takes about 18 times as long.
 */
import { createRequire } from 'node:module'
import { oneHot, randomBatches, serve, Unsupported } from './serve.mjs'

const require = createRequire(import.meta.url)
const { NeuralNetwork } = require('brain.js')
const { version } = require('brain.js/package.json')

class BrainSteps {
  differs = 'squared error, ReLU at the output, SGD with momentum, an update for each row'
  #network
  #batches
  #step = 0

  constructor(workload) {
    if (workload.convolution !== undefined) throw new Unsupported('has no convolution')
    const { sizes } = workload
    this.#network = new NeuralNetwork({ activation: 'relu', learningRate: 1e-4 })
    this.#network.sizes = sizes
    this.#network.initialize()
    this.#batches = randomBatches(workload).map(({ rows, classes }) =>
      rows.map((input, row) => ({ input, output: oneHot(classes[row], sizes.at(-1)) }))
    )
  }

  run(steps) {
    for (let done = 0; done < steps; done++) {
      this.#network.trainPatterns(this.#batches[this.#step++ % this.#batches.length])
    }
  }
}

await serve('brain.js', version, (workload) => new BrainSteps(workload))
