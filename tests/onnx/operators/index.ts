/** ONNX operator → how our primitives compute it. */
import type { Rule } from '../context'
import { building } from './building'
import { elementwise } from './elementwise'
import { linear } from './linear'
import { losses } from './losses'
import { normalization } from './normalization'
import { reductions } from './reductions'
import { shapes } from './shapes'
import { training } from './training'
import { windows } from './windows'

export const rules: ReadonlyMap<string, Rule> = new Map([
  ...elementwise,
  ...linear,
  ...shapes,
  ...reductions,
  ...windows,
  ...normalization,
  ...losses,
  ...training
])

/** Operators that serve the tests of others. */
export const buildingRules: ReadonlyMap<string, Rule> = new Map(building)
