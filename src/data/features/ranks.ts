/** What features of categories share: which there are in the training rows, and what stands in for a missing one. */
import { asCategories } from '../cells'
import { compareCodePoints } from '../numbers'
import type { Column } from '../table'
import type { PlanOf } from './plan'

export type CategoryPlan = PlanOf<'category' | 'embedding' | 'ordinal' | 'boolean'>

/** The categories of the training rows sorted by code point, and the constant where it is to be one; null without any. */
export function fitCategories(
  column: Column,
  rows: Int32Array,
  plan: CategoryPlan
): { categories: string[]; fill: string | null } | null {
  const { codes, categories } = asCategories(column)
  const counts = new Map<number, number>()
  for (const row of rows) {
    const code = codes[row] ?? -1
    if (code >= 0) counts.set(code, (counts.get(code) ?? 0) + 1)
  }
  const ranked = [...counts]
    .map(([code, count]) => ({ category: categories[code] ?? '', count }))
    .sort((a, b) => compareCodePoints(a.category, b.category))
  const [first] = ranked
  if (first === undefined) return null
  const names = ranked.map(({ category }) => category)
  switch (plan.missing) {
    case 'most-frequent': {
      const most = ranked.reduce((best, each) => (each.count > best.count ? each : best), first)
      return { categories: names, fill: most.category }
    }
    case 'constant': {
      const all = names.includes(plan.constant) ? names : [...names, plan.constant].sort(compareCodePoints)
      return { categories: all, fill: plan.constant }
    }
    case 'none':
    case 'drop-row':
      return { categories: names, fill: null }
  }
}
