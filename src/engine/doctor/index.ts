/** The training doctor: one rule a line, causes before their consequences. */
import { classCollapse } from './class-collapse'
import { deadUnits } from './dead-units'
import { explodingGradients } from './exploding-gradients'
import { overfitting } from './overfitting'
import type { Finding, Patient, Rule } from './patient'
import { plateau } from './plateau'
import { rateTooHigh } from './rate-too-high'
import { rateTooLow } from './rate-too-low'
import { saturation } from './saturation'
import { underfitting } from './underfitting'
import { unscaledInputs } from './unscaled-inputs'
import { vanishingGradients } from './vanishing-gradients'

export { chosenInitializer } from './readings'
export { saferRate, type RatedSteps } from './safer-rate'
export type { Cure, Evidence, Finding, Patient, PatientEpoch, PatientLayer } from './patient'

export const doctorRules: readonly Rule[] = [
  unscaledInputs,
  explodingGradients,
  rateTooHigh,
  deadUnits,
  saturation,
  vanishingGradients,
  rateTooLow,
  overfitting,
  classCollapse,
  underfitting,
  plateau
]

/**
 * What is wrong with a training, causes first; nothing when all is well. A finding whose cause is found too is left out, and so
 * is one with a cure that was named already: the same cause shows in several places.
 * Reads all epochs: ask at the end of an epoch, not at each step, and for long runs at milestones alone.
 */
export function examine(patient: Patient): readonly Finding[] {
  const findings: Finding[] = []
  const hidden = new Set<string>()
  for (const { name, hides, examine: look } of doctorRules) {
    if (hidden.has(name)) continue
    const found = look(patient)
    if (found === null || findings.some(({ cure }) => cure.kind === found.cure.kind)) continue
    findings.push({ rule: name, ...found })
    for (const each of hides) hidden.add(each)
  }
  return findings
}
