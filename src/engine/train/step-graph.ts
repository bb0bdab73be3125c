/** One step of training as one graph: forward, loss, backward, update. And its first half alone, for judging. */
import { gradients } from '../backprop/gradients'
import { defaultsOf, type Config } from '../fields'
import { GraphBuilder } from '../graph/builder'
import type { Graph, NodeId } from '../graph/graph'
import { lossFor, type LossName, type LossSettings } from '../losses'
import { applyLink } from '../losses/loss'
import { buildLayers, type Model, type TrainingPass } from '../model/model'
import type { OptimizerSpec } from '../optimizers'
import { INPUT, type Task } from '../spec'
import { regularized } from './gradient-terms'
import { regularizationFields } from './regularization'
import { answersApart } from './samples'

/** The source in training and evaluation graphs that takes what `fedTargets` gives: targets [N, W], row weights behind them. */
export const TARGETS = 'targets'

/** A network and what it is judged by. */
export interface ForwardProblem {
  readonly model: Model
  readonly task: Task
  readonly loss: LossName
  readonly lossSettings: LossSettings
  /** Each row's loss is multiplied by a factor of its own, one more column behind its targets; none unless given. */
  readonly rowWeights?: boolean
}

/** A network, what it is judged by and what moves its weights. */
export interface StepProblem extends ForwardProblem {
  readonly optimizer: OptimizerSpec
  readonly config: Config
  /** Penalties on weights and bounds of gradients (`regularizationFields`), parsed; none unless given. */
  readonly regularization?: Config
  /** Of the run: whole number from 0 to 2³² − 1. */
  readonly seed: number
}

export interface ParameterUpdate {
  readonly name: string
  readonly layer: string
  /** Of the loss, before penalties and bounds. */
  readonly gradient: NodeId
  /** The parameter after the step. */
  readonly parameter: NodeId
  /** The optimizer's state of it after the step, with the sources the state is fed to. */
  readonly state: readonly { readonly source: string; readonly node: NodeId }[]
}

/** What a buffer becomes after the step. */
export interface BufferUpdate {
  readonly source: string
  readonly layer: string
  readonly node: NodeId
}

export interface ForwardGraph {
  readonly graph: Graph
  /** Mean loss of the batch: a scalar `[]`. */
  readonly loss: NodeId
  /** The network's raw output [N, K]. */
  readonly logits: NodeId
  /** After the link [N, K]. */
  readonly output: NodeId
}

export interface StepGraph extends ForwardGraph {
  readonly updates: readonly ParameterUpdate[]
  readonly buffers: readonly BufferUpdate[]
}

/** A number that the step's graph is given at each step, by the name of its source. */
export interface StepScalar {
  readonly source: string
  readonly value: number
}

/** Steps are counted in two parts, so that float32 holds each exactly. */
const STEP_PARTS = ['random.stepLow', 'random.stepHigh'] as const
const STEP_RADIX = 2 ** 20

/**
 * What the graph is given at a step: the optimizer's numbers and the step's own.
 * @param step from 1, over the run @param ofOptimizer the same, counted from when its state was new; the run's unless given
 */
export function stepScalars(
  optimizer: OptimizerSpec,
  config: Config,
  step: number,
  ofOptimizer = step
): readonly StepScalar[] {
  const [low, high] = STEP_PARTS
  return [
    ...optimizer.scalars(config, ofOptimizer).map(({ name, value }) => ({ source: scalarSource(name), value })),
    { source: low, value: step % STEP_RADIX },
    { source: high, value: Math.floor(step / STEP_RADIX) }
  ]
}

const OPTIMIZER = 'optimizer.'

function scalarSource(name: string): string {
  return `${OPTIMIZER}${name}`
}

/** The source of what the optimizer remembers of a parameter. */
export function stateSource(slot: string, parameter: string): string {
  return `${OPTIMIZER}${slot}.${parameter}`
}

/** Whether that is what a source is for, of any optimizer. */
export function isOptimizerSource(source: string): boolean {
  return source.startsWith(OPTIMIZER)
}

/**
 * Sources: `input` [rows, …], `targets` [rows, W], parameters and buffers, the step's scalars and the optimizer's
 * state. Updates belong to the scope `optimizer`; gradients to the scope of the layer they are of.
 */
export function stepGraph(problem: StepProblem, rows: number): StepGraph {
  const { graph, loss, logits, output, updates, buffers } = explainedStep(problem, rows, { asTraining: true, of: [] })
  return { graph, loss, logits, output, updates, buffers }
}

/** A step with what is between its input and its loss, and the gradients of that. */
export interface ExplainedStep extends StepGraph {
  /** What each layer puts out, by its name; `input` too. */
  readonly layers: ReadonlyMap<string, NodeId>
  /** By the name of each layer with an activation f: z in y = f(z). */
  readonly preActivations: ReadonlyMap<string, NodeId>
  /** ∂loss/∂x for the nodes x that were asked for. */
  readonly gradients: ReadonlyMap<NodeId, NodeId>
  /** By parameter: its gradient with penalties and within bounds, as the optimizer takes it. */
  readonly taken: ReadonlyMap<string, NodeId>
}

/**
 * As `stepGraph`, with gradients of more than the parameters.
 * @param asTraining layers act as in a step of training: normalised by the batch, and with the masks of that step; else as
 *   where the network answers. Without such layers the two are the same, bit for bit
 * @param of what is differentiated besides the parameters: every layer's output, the input, and z where there is an activation
 */
export function explainedStep(
  problem: StepProblem,
  rows: number,
  { asTraining, of }: { readonly asTraining: boolean; readonly of: readonly ('layers' | 'preActivations')[] }
): ExplainedStep {
  const { optimizer, config, seed, regularization = defaultsOf(regularizationFields) } = problem
  const graph = new GraphBuilder()
  const buffers: BufferUpdate[] = []
  const step = STEP_PARTS.map((name) => graph.input(name, []))
  const updateBuffer = (source: string, node: NodeId) => {
    const layer = problem.model.buffers.find(({ name }) => name === source)?.layer ?? ''
    buffers.push({ source, layer, node })
  }
  const forward = addForward(graph, problem, rows, asTraining ? { seed, step, updateBuffer } : null)
  const sources = graph.nodes.filter((node) => node.op === 'parameter')
  const asked = of.flatMap((kind) => [...forward[kind].values()])
  const wrt = [...new Set([...sources.map(({ id }) => id), ...asked])]
  const derived = gradients(graph, forward.loss, wrt)
  const byNode = new Map(wrt.map((id, i) => [id, derived[i] ?? id] as const))
  const entries = sources.map(({ id }) => ({ parameter: id, gradient: byNode.get(id) ?? id }))
  const taken = new Map<string, NodeId>()
  const updates = graph.within('optimizer', () => {
    const adjusted = regularized(graph, entries, regularization)
    const scalars = optimizer.scalars(config, 1).map(({ name }) => graph.input(scalarSource(name), []))
    return sources.map(({ id, name, shape, scope }, i) => {
      const gradient = entries[i]?.gradient ?? id
      const slots = optimizer.init(shape, config).map((slot) => stateSource(slot.name, name))
      const state = slots.map((source) => graph.input(source, shape))
      const parts = { parameter: id, gradient: adjusted[i] ?? id, state, scalars }
      taken.set(name, parts.gradient)
      const moved = optimizer.apply(graph, parts, config)
      const next = moved.state.map((node, slot) => ({ source: slots[slot] ?? '', node }))
      return { name, layer: scope, gradient, parameter: moved.parameter, state: next }
    })
  })
  return { ...forward, updates, buffers, taken, gradients: byNode, graph: graph.graph }
}

/** Outputs and loss of a batch. Sources: `input` [rows, …], `targets` [rows, W], parameters and buffers. */
export function forwardGraph(problem: ForwardProblem, rows: number): ForwardGraph {
  const graph = new GraphBuilder()
  const { loss, logits, output } = addForward(graph, problem, rows, null)
  return { loss, logits, output, graph: graph.graph }
}

/** A step's forward and backward pass, without its update, to look at what is in it. */
export interface WatchedGraph extends ForwardGraph, Pick<ExplainedStep, 'layers'> {
  /** ∂loss/∂w by the name of each parameter w: of the loss, before penalties and bounds. */
  readonly gradients: ReadonlyMap<string, NodeId>
  /** By the name of each layer that learns or has an activation: ∂loss/∂z, or ∂loss/∂y of those without an activation. */
  readonly deltas: ReadonlyMap<string, NodeId>
}

/**
 * Sources: as `stepGraph`, without those of an optimizer. Layers act as in a step of training: normalised by the batch, and
 * with the masks of that step.
 */
export function watchedGraph(problem: ForwardProblem & Pick<StepProblem, 'seed'>, rows: number): WatchedGraph {
  const graph = new GraphBuilder()
  const step = STEP_PARTS.map((name) => graph.input(name, []))
  const updateBuffer = () => undefined
  const forward = addForward(graph, problem, rows, { seed: problem.seed, step, updateBuffer })
  const parameters = graph.nodes.filter((node) => node.op === 'parameter')
  const learning = new Set(problem.model.parameters.map(({ layer }) => layer))
  const sums = problem.model.spec.layers.flatMap(({ name }) => {
    const node = forward.preActivations.get(name) ?? (learning.has(name) ? forward.layers.get(name) : undefined)
    return node === undefined ? [] : [{ name, node }]
  })
  const wrt = [...new Set([...parameters.map(({ id }) => id), ...sums.map(({ node }) => node)])]
  const derived = gradients(graph, forward.loss, wrt)
  const byNode = new Map(wrt.map((id, i) => [id, derived[i] ?? id] as const))
  return {
    ...forward,
    gradients: new Map(parameters.map(({ id, name }) => [name, byNode.get(id) ?? id])),
    deltas: new Map(sums.map(({ name, node }) => [name, byNode.get(node) ?? node])),
    graph: graph.graph
  }
}

function addForward(
  graph: GraphBuilder,
  { model, loss, lossSettings, task, rowWeights = false }: ForwardProblem,
  rows: number,
  pass: TrainingPass | null
): Pick<ExplainedStep, 'loss' | 'logits' | 'output' | 'layers' | 'preActivations'> {
  const preActivations = new Map<string, NodeId>()
  const input = graph.input(INPUT, [rows, ...model.spec.inputShape])
  const layers = buildLayers(graph, model, input, pass, preActivations)
  const logits = layers.get(model.spec.output)
  if (logits === undefined) throw new Error(`The model has no layer "${model.spec.output}": compile it first`)
  const spec = lossFor(loss, task)
  const [, units = 1] = graph.shapeOf(logits)
  const width = answersApart(task) ? units : 1
  return graph.within('loss', () => {
    const output = applyLink(graph, spec.link(task), logits)
    const fed = graph.input(TARGETS, [rows, rowWeights ? width + 1 : width])
    const columns = (start: number, end: number) => graph.apply('slice', [fed], { axis: 1, start, end })
    const targets = rowWeights ? columns(0, width) : fed
    const weights = rowWeights ? columns(width, width + 1) : null
    return {
      layers,
      preActivations,
      logits,
      output,
      loss: spec.build(graph, task, logits, targets, lossSettings, weights)
    }
  })
}
