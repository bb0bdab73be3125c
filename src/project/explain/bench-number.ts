/** Single numbers of a step on a bench, by name. */
import { Microscope, type TrainingState } from '../../engine'
import { ConfigError } from '../../shared/errors'
import type { BenchNumber } from '../../shared/lessons/lesson'
import { listNames } from '../../data'
import type { OpenedBench } from './bench'
import { subjectOf } from './subject'

/**
 * The step that comes next on a bench, with one row by itself.
 * @param row from 0 @throws ConfigError `unknown-row`
 */
export function benchMicroscope(opened: OpenedBench, state: TrainingState, row: number): Microscope {
  const { table, trainOptions, experiment } = opened
  const { subject } = subjectOf({ prepared: experiment.prepared, trainOptions }, table, state, { kind: 'row', row })
  return new Microscope(subject)
}

/** @param microscope of one row @throws ConfigError `unknown-part`, with the parts that there are */
export function benchNumber(microscope: Microscope, number: BenchNumber): number {
  switch (number.of) {
    case 'loss':
      return microscope.loss
    case 'z':
    case 'a':
    case 'delta':
      return ofUnit(microscope, number)
    case 'before':
    case 'gradient':
    case 'after':
      return ofWeight(microscope, number)
  }
}

function ofUnit(microscope: Microscope, number: Extract<BenchNumber, { layer: string }>): number {
  const { of, layer: name, unit } = number
  const { layers } = microscope.subject.problem.model.spec
  if (!layers.some((each) => each.name === name)) {
    throw unknown(`The network has no layer "${name}"; there are ${listNames(layers.map((each) => each.name))}.`)
  }
  const layer = microscope.layer(name, 0)
  const values = layer[of]
  if (values === null) throw unknown(`Layer "${name}" has no ${of}: it is without an activation. Ask for its a.`)
  return numberAt(values, unit, `Layer "${name}" puts out`)
}

function ofWeight(microscope: Microscope, number: Extract<BenchNumber, { parameter: string }>): number {
  const { of, parameter: name, index } = number
  const { parameters } = microscope.subject.problem.model
  if (!parameters.some((each) => each.name === name)) {
    const known = listNames(parameters.map((each) => each.name))
    throw unknown(`The network has no parameter "${name}"; there are ${known}.`)
  }
  return numberAt(microscope.parameter(name)[of], index, `"${name}" has`)
}

function numberAt(values: Float64Array, index: number, whose: string): number {
  const value = values[index]
  if (value !== undefined) return value
  const count = `${values.length} ${values.length === 1 ? 'number' : 'numbers'}`
  throw unknown(`${whose} ${count}, counted from 0, so there is none at ${index}.`)
}

function unknown(message: string): ConfigError {
  return new ConfigError('unknown-part', message)
}
