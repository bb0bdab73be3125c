import { classRows, setting, type Generator } from './generator'

/** Arm k of K: the angle is 2π (turns · s + k / K) and the radius 0.1 + 0.9 s, s from 0 to 1. */
export const spirals: Generator = {
  name: 'spirals',
  label: 'Spirals',
  summary: 'Arms wound around each other: no straight line parts them, and a small network has to bend a lot.',
  task: 'multi-class',
  columns: ['x', 'y', 'class'],
  fields: [
    {
      key: 'arms',
      label: 'Arms',
      kind: 'integer',
      default: 2,
      min: 2,
      max: 6,
      help: 'How many spirals there are: one class each.'
    },
    {
      key: 'turns',
      label: 'Turns',
      kind: 'number',
      default: 1.25,
      min: 0.25,
      max: 4,
      help: 'How often each arm goes round. More turns ask for more units.'
    }
  ],
  rows(config, random) {
    const arms = setting(config, 'arms')
    const turns = setting(config, 'turns')
    return classRows(config, random, arms, (arm, share) => {
      const angle = 2 * Math.PI * (turns * share + arm / arms)
      const radius = 0.1 + 0.9 * share
      return [radius * Math.cos(angle), radius * Math.sin(angle)]
    })
  }
}
