import type { Notice } from '../../shared/views'
import { isMissing } from '../table'
import { columnChange, percent, shown, type Check, type Look } from './check'

const FEWEST = 20
/** How many standard errors apart, so that one column of a thousand is not found by chance. */
const FAR = 5

/** Values that are missing more often where the answer is another one: that they are missing says something itself. */
export const missingNotRandom: Check = {
  code: 'missing-not-random',
  run(look) {
    const { features, target, setup, views } = look
    return features.flatMap((column): Notice[] => {
      if ((views.find(({ name }) => name === column.name)?.missing ?? 0) < FEWEST) return []
      if (setup.columns.some(({ name, indicator }) => name === column.name && indicator === true)) return []
      const gap = Array.from(target.rows, (row) => isMissing(column, row))
      const missing = gap.filter(Boolean).length
      if (missing < FEWEST || gap.length - missing < FEWEST) return []
      const evidence = target.task === 'regression' ? meansApart(look, gap) : sharesApart(look, gap)
      if (evidence === null) return []
      return [
        {
          code: 'missing-not-random',
          severity: 'info',
          message: `Whether "${column.name}" is missing goes with "${target.column.name}": filling the gaps hides that from the network.`,
          columns: [column.name],
          evidence,
          remedy: {
            label: `Tell the network where ${column.name} is missing`,
            change: columnChange(setup, column.name, { indicator: true })
          }
        }
      ]
    })
  }
}

function meansApart({ target }: Look, gap: readonly boolean[]): string | null {
  if (target.task !== 'regression') return null
  const { values } = target.column
  const [inside, outside] = [true, false].map((side) => {
    const chosen = target.rows.filter((_, i) => gap[i] === side)
    const mean = chosen.reduce((sum, row) => sum + (values[row] ?? 0), 0) / chosen.length
    const variance = chosen.reduce((sum, row) => sum + ((values[row] ?? 0) - mean) ** 2, 0) / chosen.length
    return { mean, error: variance / chosen.length }
  })
  if (inside === undefined || outside === undefined) return null
  if (Math.abs(inside.mean - outside.mean) < FAR * Math.sqrt(inside.error + outside.error)) return null
  return `The mean of "${target.column.name}" is ${shown(inside.mean)} where it is missing and ${shown(outside.mean)} elsewhere.`
}

/** The class whose share differs most, by standard errors of a difference of two shares. */
function sharesApart({ target }: Look, gap: readonly boolean[]): string | null {
  if (target.task === 'regression') return null
  const missing = gap.filter(Boolean).length
  const present = gap.length - missing
  const inside = new Array<number>(target.classes.length).fill(0)
  const all = new Array<number>(target.classes.length).fill(0)
  target.codes.forEach((code, i) => {
    all[code] = (all[code] ?? 0) + 1
    if (gap[i] === true) inside[code] = (inside[code] ?? 0) + 1
  })
  let found: { code: number; far: number } | null = null
  for (const code of all.keys()) {
    const share = (all[code] ?? 0) / gap.length
    const error = Math.sqrt(share * (1 - share) * (1 / missing + 1 / present))
    const apart = (inside[code] ?? 0) / missing - ((all[code] ?? 0) - (inside[code] ?? 0)) / present
    const far = error > 0 ? Math.abs(apart) / error : 0
    if (far > (found?.far ?? FAR)) found = { code, far }
  }
  if (found === null) return null
  const { code } = found
  const name = target.classes[code] ?? ''
  const here = (inside[code] ?? 0) / missing
  const elsewhere = ((all[code] ?? 0) - (inside[code] ?? 0)) / present
  return `"${name}" is the answer in ${percent(here)} of the rows where it is missing and in ${percent(elsewhere)} of the others.`
}
