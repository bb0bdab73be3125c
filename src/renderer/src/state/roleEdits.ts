/** What each column is for, one role a column: changes that leave no other role behind. */
import { defaultLoss, inferTask, type LossName, type Task } from '../../../engine/catalog'
import { targetsOf, type Setup } from '../../../shared/setup'
import type { ColumnView } from '../../../shared/views'
import { withTask } from './setupEdits'

/** Roles that a person gives a column. */
export const givenRoles = ['feature', 'target', 'ignored', 'weight', 'group'] as const
export type GivenRole = (typeof givenRoles)[number]
/**
 * Besides those, roles that follow from other settings: the column says the part of a row (a fixed split), its moment or its
 * series (windows).
 */
export type Role = GivenRole | 'part' | 'time' | 'series'

export function roleOf(setup: Setup, name: string): Role {
  const { split, window, weight } = setup
  if (targetsOf(setup).includes(name)) return 'target'
  if (weight === name) return 'weight'
  if (split.column === name && split.by === 'grouped') return 'group'
  if (split.column === name && split.by === 'fixed') return 'part'
  // Where a person says how, the moment and the series are features too.
  if (window !== null && !setup.columns.some((each) => each.name === name)) {
    if (window.time === name) return 'time'
    if (window.series === name) return 'series'
  }
  return setup.ignored.includes(name) ? 'ignored' : 'feature'
}

/** What the studio would choose for this target. */
export function proposedTask(target: ColumnView): { task: Task; loss: LossName } {
  const task = inferTask({ ...target, type: target.storage === 'number' ? 'number' : 'category' })
  return { task, loss: defaultLoss(task) }
}

/** Whether a column can be one of several that this task predicts. */
function suits(task: Task, { storage, type, distinct }: ColumnView): boolean {
  if (storage === 'image') return false
  if (task === 'regression') return storage === 'number' && type !== 'date'
  return task === 'multi-label' && distinct === 2
}

/** The task that would predict the column beside what is predicted now; null where it does not go together. */
export function taskWith(setup: Setup, columns: readonly ColumnView[], name: string): Task | null {
  const targets = targetsOf(setup)
  if (targets.includes(name) || setup.task === 'multi-class') return null
  const task = setup.task === 'regression' ? 'regression' : 'multi-label'
  const fits = viewsOf(columns, [...targets, name]).filter((column) => suits(task, column))
  return fits.length === targets.length + 1 ? task : null
}

/** Columns that can be predicted beside what is predicted now. */
export function furtherTargets(setup: Setup, columns: readonly ColumnView[]): readonly ColumnView[] {
  return columns.filter(({ name }) => taskWith(setup, columns, name) !== null)
}

/** The column is predicted in place of the first target; the others stay where they go together with it. */
export function withTarget(setup: Setup, columns: readonly ColumnView[], name: string): Setup {
  const [view] = viewsOf(columns, [name])
  if (view === undefined) return setup
  const others = setup.moreTargets.filter((each) => each !== name)
  const free = withoutRole(setup, name)
  if (others.length > 0 && suits(setup.task, view)) return { ...free, target: name, moreTargets: others }
  const { task, loss } = proposedTask(view)
  return { ...withTask(free, task, loss), target: name, moreTargets: [] }
}

/** The column is predicted beside the others, by a task that does so. */
export function withFurtherTarget(setup: Setup, columns: readonly ColumnView[], name: string): Setup {
  const task = taskWith(setup, columns, name)
  if (task === null) return setup
  const free = withoutRole(setup, name)
  const trained = task === setup.task ? free : withTask(free, task, defaultLoss(task))
  return { ...trained, moreTargets: [...setup.moreTargets, name] }
}

/** The column is no longer predicted, unless it is the only one; a single label is one of two classes. */
export function withoutTarget(setup: Setup, name: string): Setup {
  const [target, ...moreTargets] = targetsOf(setup).filter((each) => each !== name)
  if (target === undefined) return setup
  const isSingle = setup.task === 'multi-label' && moreTargets.length === 0
  const trained = isSingle ? withTask(setup, 'binary', defaultLoss('binary')) : setup
  return { ...trained, target, moreTargets }
}

/**
 * Another role for a column. A further target joins the ones there are where numbers, or labels, are predicted already; else
 * it takes their place.
 */
export function withRole(setup: Setup, columns: readonly ColumnView[], name: string, role: GivenRole): Setup {
  if (role === 'target') {
    const joins = setup.task === taskWith(setup, columns, name)
    if (targetsOf(setup).includes(name)) return setup
    return joins ? withFurtherTarget(setup, columns, name) : withTarget(setup, columns, name)
  }
  const left = withoutTarget(setup, name)
  if (targetsOf(left).includes(name)) return setup
  const free = withoutRole(left, name)
  switch (role) {
    case 'feature':
      return free
    case 'ignored':
      return { ...free, ignored: [...free.ignored, name] }
    case 'weight':
      return { ...free, weight: name }
    case 'group':
      // Windows are parted by their series alone.
      return {
        ...free,
        split: { by: 'grouped', column: name },
        window: free.window === null ? null : { ...free.window, series: name }
      }
  }
}

/** Takes back every role but that of a target. */
function withoutRole(setup: Setup, name: string): Setup {
  const { split, window, weight } = setup
  const parts = split.column === name && (split.by === 'grouped' || split.by === 'fixed')
  return {
    ...setup,
    ignored: setup.ignored.filter((each) => each !== name),
    weight: weight === name ? null : weight,
    split: parts ? { by: 'auto', column: null } : split,
    window:
      window === null
        ? null
        : {
            ...window,
            time: window.time === name ? null : window.time,
            series: window.series === name ? null : window.series
          }
  }
}

function viewsOf(columns: readonly ColumnView[], names: readonly string[]): ColumnView[] {
  return names.flatMap((name) => columns.find((column) => column.name === name) ?? [])
}
