/** Roles of columns in words, and what keeps a column from one. */
import { targetsOf, type Setup } from '../../../shared/setup'
import type { ColumnView } from '../../../shared/views'
import { givenRoles, roleOf, type GivenRole, type Role } from '../state/roleEdits'

export const roleLabels: Readonly<Record<Role, string>> = {
  feature: 'Feature',
  target: 'Target',
  ignored: 'Ignore',
  weight: 'Weight',
  group: 'Group',
  part: 'Split part',
  time: 'Time order',
  series: 'Series'
}

export interface RoleChoice {
  readonly role: Role
  readonly label: string
  /** Why the column cannot have the role; null when it can. */
  readonly unfit: string | null
}

/** Roles that a person may give the column, before them the one it has from elsewhere. */
export function roleChoices(column: ColumnView, setup: Setup): RoleChoice[] {
  const role = roleOf(setup, column.name)
  const all: readonly Role[] = givenRoles.some((given) => given === role) ? givenRoles : [role, ...givenRoles]
  // There is always a target: the only one is left by choosing another.
  const isBound = role === 'target' && targetsOf(setup).length === 1
  return all.map((each) => ({
    role: each,
    label: roleLabels[each],
    unfit: each === role ? null : isBound ? 'is the only target' : unfitFor(each, column)
  }))
}

function unfitFor(role: Role, { storage, type }: ColumnView): string | null {
  if (role === 'feature' || role === 'ignored') return null
  if (storage === 'image') return 'not for images'
  return role === 'weight' && (storage !== 'number' || type === 'date') ? 'needs numbers' : null
}

/** The choice of that name, where a person may make it. */
export function chosenRole(choices: readonly RoleChoice[], value: string): GivenRole | null {
  const isOffered = choices.some(({ role, unfit }) => role === value && unfit === null)
  return isOffered ? (givenRoles.find((role) => role === value) ?? null) : null
}
