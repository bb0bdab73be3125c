/** Settings that several optimizers share, each with the optimizer's own default. */
import type { BooleanField, NumberField } from '../fields'

export function learningRateField(initial: number): NumberField {
  return {
    key: 'learningRate',
    label: 'Learning rate',
    kind: 'number',
    default: initial,
    min: 0,
    exclusiveMin: true,
    max: 1e30,
    help: 'Size η of a step. Too small learns slowly; too large overshoots and may diverge.'
  }
}

export function momentumField(initial: number): NumberField {
  return {
    ...share('momentum', 'Momentum', initial),
    help: 'Share μ of the last velocity that is kept. It smooths the path and speeds up along steady slopes.'
  }
}

/** Added to the gradient or taken off the weight itself: the optimizer's equations say which. */
export function weightDecayField(initial: number): NumberField {
  return {
    key: 'weightDecay',
    label: 'Weight decay',
    kind: 'number',
    default: initial,
    min: 0,
    max: 1e6,
    advanced: true,
    help: 'Pulls every weight towards 0 by the share λ. Large weights then cost something, so the network stays smoother.'
  }
}

/** How much of a moving average is kept at each step. */
export function betaField(key: 'beta1' | 'beta2', initial: number, help: string): NumberField {
  return { ...share(key, key === 'beta1' ? 'Beta 1' : 'Beta 2', initial), advanced: true, help }
}

export function epsField(initial: number): NumberField {
  return {
    key: 'eps',
    label: 'Epsilon',
    kind: 'number',
    default: initial,
    min: 0,
    exclusiveMin: true,
    max: 1,
    advanced: true,
    help: 'Small ε added to the divisor, so that a gradient near 0 gives no giant step. Rarely changed.'
  }
}

/** A number from 0 below 1. */
export function share(key: string, label: string, initial: number): Omit<NumberField, 'help'> {
  return { key, label, kind: 'number', default: initial, min: 0, max: 1, exclusiveMax: true }
}

export function switchField(key: string, label: string, help: string): BooleanField {
  return { key, label, kind: 'boolean', default: false, advanced: true, help }
}
