/**
 * Times TensorFlow.js's training step on its WebAssembly backend: tfjs-core's optimizers and gradients, without the
 * Layers API, of which nothing but its import is used: that registers the gradients. Under Node the backend has SIMD but
 * no threads.
 */
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-wasm'
import '@tensorflow/tfjs-layers'
import { oneHot, randomBatches, serve, STEPS_PER_READ, Unsupported } from './serve.mjs'

class TensorFlowSteps {
  #layers
  #batches
  #optimizer
  #step = 0

  constructor(workload) {
    if (workload.convolution !== undefined) throw new Unsupported('the backend has no gradient of convolution')
    const { sizes, optimizer } = workload
    this.#layers = sizes.slice(1).map((units, i) => ({
      weight: tf.variable(tf.randomNormal([sizes[i], units], 0, Math.sqrt(2 / sizes[i]))),
      bias: tf.variable(tf.zeros([units]))
    }))
    this.#batches = randomBatches(workload).map(({ rows, classes }) => ({
      features: tf.tensor2d(rows),
      targets: tf.tensor2d(classes.map((index) => oneHot(index, sizes.at(-1))))
    }))
    this.#optimizer = optimizer === 'adam' ? tf.train.adam(1e-4) : tf.train.sgd(1e-4)
  }

  async run(steps) {
    for (let done = 0; done < steps; done++) {
      const { features, targets } = this.#batches[this.#step++ % this.#batches.length]
      const loss = this.#optimizer.minimize(
        () => tf.losses.softmaxCrossEntropy(targets, this.#logits(features)),
        done % STEPS_PER_READ === STEPS_PER_READ - 1
      )
      if (loss === null) continue
      loss.dataSync()
      loss.dispose()
    }
  }

  #logits(features) {
    return this.#layers.reduce((x, { weight, bias }, i) => {
      const activation = i === this.#layers.length - 1 ? 'linear' : 'relu'
      return tf.fused.matMul({ a: x, b: weight, bias, activation })
    }, features)
  }
}

await tf.setBackend('wasm')
await serve('TensorFlow.js (wasm)', tf.version_core, (workload) => new TensorFlowSteps(workload))
