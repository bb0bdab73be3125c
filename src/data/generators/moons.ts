import { classRows, type Generator } from './generator'

/** (cos πs, sin πs) and (1 − cos πs, ½ − sin πs), s from 0 to 1: scikit-learn's `make_moons`. */
export const moons: Generator = {
  name: 'moons',
  label: 'Moons',
  summary: 'Two half circles that reach into each other: almost parted by a line, but not quite.',
  task: 'binary',
  columns: ['x', 'y', 'class'],
  fields: [],
  rows(config, random) {
    return classRows(config, random, 2, (moon, share) => {
      const angle = Math.PI * share
      return moon === 0 ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)]
    })
  }
}
