/** TeX names of a network's quantities: layers and units are counted from 1, layer 0 is the input. */
import { INPUT } from '../spec'
import type { Microscope } from './microscope'

/** Place of a layer in the network, from 1; 0 for the input. */
function numberOf({ subject }: Microscope, layer: string): number {
  return layer === INPUT ? 0 : subject.problem.model.spec.layers.findIndex(({ name }) => name === layer) + 1
}

function symbol(letter: string, microscope: Microscope, layer: string, ...units: readonly number[]): string {
  return `${letter}^{(${numberOf(microscope, layer)})}_{${units.map((unit) => unit + 1).join(',')}}`
}

/** aᵢ of a layer, or xᵢ of the input. @param unit from 0, as in all that follow */
export function outputSymbol(microscope: Microscope, layer: string, unit: number): string {
  return layer === INPUT ? `x_{${unit + 1}}` : symbol('a', microscope, layer, unit)
}

export function sumSymbol(microscope: Microscope, layer: string, unit: number): string {
  return symbol('z', microscope, layer, unit)
}

export function deltaSymbol(microscope: Microscope, layer: string, unit: number): string {
  return symbol('\\delta', microscope, layer, unit)
}

export function biasSymbol(microscope: Microscope, layer: string, unit: number): string {
  return symbol('b', microscope, layer, unit)
}

/** The weight of a unit for one of its inputs. */
export function weightSymbol(microscope: Microscope, layer: string, unit: number, input: number): string {
  return symbol('w', microscope, layer, unit, input)
}

/** f′(z) */
export function slopeSymbol(microscope: Microscope, layer: string, unit: number): string {
  return `f'\\!\\left(${sumSymbol(microscope, layer, unit)}\\right)`
}

/** A name that people chose, as TeX. */
export function textTex(name: string): string {
  const safe = name.replace(/[\\&%$#_{}~^]/g, (letter) => wordsFor.get(letter) ?? `\\${letter}`)
  return `\\text{${safe}}`
}

const wordsFor = new Map([
  ['\\', '\\textbackslash '],
  ['~', '\\textasciitilde '],
  ['^', '\\textasciicircum ']
])
