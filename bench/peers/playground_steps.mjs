/**
 * Times the network of TensorFlow Playground (src/nn.ts of github.com/tensorflow/playground, cloned to
 * bench/peers/playground), as the Playground drives it: row by row, one update a batch. It has SGD alone, squared error,
 * and an error at the first output only; the others are computed, with derivative 0, which takes as long.
 */
import { readFileSync } from 'node:fs'
import { Activations, backProp, buildNetwork, Errors, forwardProp, updateWeights } from './playground/src/nn.ts'
import { randomBatches, serve, Unsupported } from './serve.mjs'

const { version } = JSON.parse(readFileSync(new URL('./playground/package.json', import.meta.url), 'utf8'))

class PlaygroundSteps {
  differs = 'squared error of one output, SGD'
  #network
  #batches
  #step = 0

  constructor(workload) {
    if (workload.convolution !== undefined) throw new Unsupported('has no convolution')
    const { sizes } = workload
    const names = Array.from({ length: sizes[0] }, (_, i) => `x${i}`)
    this.#network = buildNetwork(sizes, Activations.RELU, Activations.LINEAR, null, names)
    this.#batches = randomBatches(workload)
  }

  run(steps) {
    for (let done = 0; done < steps; done++) {
      const { rows, classes } = this.#batches[this.#step++ % this.#batches.length]
      rows.forEach((row, i) => {
        forwardProp(this.#network, row)
        backProp(this.#network, classes[i], Errors.SQUARE)
      })
      updateWeights(this.#network, 1e-4, 0)
    }
  }
}

await serve('TensorFlow Playground', version, (workload) => new PlaygroundSteps(workload))
