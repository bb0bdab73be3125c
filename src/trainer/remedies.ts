/** What the doctor advises, as a change of settings. */
import type { Cure } from '../engine/doctor'
import type { Setup } from '../shared/setup'
import type { Remedy } from '../shared/views'

type Layers = Setup['layers']
type LayerSettings = Layers[number]

/** Units of the hidden layer that a network without one gets. */
const FIRST_UNITS = 16

/** Null where the settings have no place for it. */
export function remedyOf(cure: Cure, setup: Setup): Remedy | null {
  switch (cure.kind) {
    case 'learning-rate': {
      const { type, config } = setup.optimizer
      const optimizer = { type, config: { ...config, learningRate: cure.value } }
      const label = `Set the learning rate to ${shown(cure.value)}`
      return { label, change: { optimizer }, ...(cure.anew ? { anew: true } : {}) }
    }
    case 'activation':
      return ofLayers(setup, `Use ${cure.to}`, inLayers(cure.layers, { activation: cure.to, initializer: 'auto' }))
    case 'initializer':
      return ofLayers(setup, `Begin with ${cure.to} weights`, inLayers(cure.layers, { initializer: cure.to }))
    case 'prepare':
      return { label: 'Prepare numbers', change: { prepare: true } }
    case 'gradient-norm-clip': {
      const regularization = { ...setup.regularization, clipNorm: cure.value }
      return { label: `Clip the gradient norm at ${shown(cure.value)}`, change: { regularization } }
    }
    case 'l2':
      return {
        label: `Set the L2 penalty to ${shown(cure.value)}`,
        change: { regularization: { ...setup.regularization, l2: cure.value } }
      }
    case 'early-stopping': {
      const earlyStopping = { ...setup.earlyStopping, patience: cure.patience, restoreBest: true }
      // The best weights of epochs before are gone.
      return { label: `Stop after ${cure.patience} epochs without a gain`, change: { earlyStopping }, anew: true }
    }
    case 'class-weights':
      return { label: 'Balance the classes', change: { classWeights: 'balanced' } }
    case 'schedule':
      return { label: `Use the schedule ${cure.type}`, change: { schedule: { type: cure.type, config: cure.config } } }
    case 'dropout':
      return ofLayers(setup, `Add dropout of ${shown(cure.rate)}`, (layers) =>
        withLast(layers, 'dropout', { rate: cure.rate })
      )
    case 'wider':
      return ofLayers(setup, `Make it ${shown(cure.factor)} times as wide`, (layers) => wider(layers, cure.factor))
  }
}

/** A network of its own is left as it is: nobody but its maker knows how its layers hang together. */
function ofLayers(setup: Setup, label: string, change: (layers: Layers) => Layers): Remedy | null {
  return setup.model === null ? { label, change: { layers: change(setup.layers) } } : null
}

function inLayers(names: readonly string[], config: LayerSettings['config']): (layers: Layers) => Layers {
  return (layers) =>
    layers.map((layer) => (names.includes(layer.name) ? { ...layer, config: { ...layer.config, ...config } } : layer))
}

function wider(layers: Layers, factor: number): Layers {
  const isOfUnits = ({ type, config }: LayerSettings) => type === 'dense' && typeof config['units'] === 'number'
  if (!layers.some(isOfUnits)) return withLast(layers, 'dense', { units: FIRST_UNITS, activation: 'relu' })
  return layers.map((layer) =>
    isOfUnits(layer) ? { ...layer, config: { ...layer.config, units: Number(layer.config['units']) * factor } } : layer
  )
}

/** A layer before the output layer, which takes the last one. */
function withLast(layers: Layers, type: string, config: LayerSettings['config']): Layers {
  const names = new Set(layers.map(({ name }) => name))
  let name = type
  for (let i = 2; names.has(name); i++) name = `${type}${i}`
  return [...layers, { name, type, inputs: [], config }]
}

/** Three significant digits. */
function shown(value: number): string {
  return String(Number(value.toPrecision(3)))
}
