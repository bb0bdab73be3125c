/** How tall the panels of the drawer are, as a person has dragged them. */
import * as v from 'valibot'

const KEY = 'drawer-heights'
const keptSchema = v.object({ runs: v.number(), lists: v.number() })

export type DrawerHeights = Readonly<v.InferOutput<typeof keptSchema>>

export const LEAST_PX = 110
/** Of the drawer's bar, the top bar and what should stay of the stage between them. */
const TAKEN_PX = 30 + 52 + 40

/** So much of the window that the stage above is still to be seen. */
export function mostPx(windowPx: number): number {
  return Math.max(LEAST_PX, windowPx - TAKEN_PX)
}

export function within(heightPx: number, windowPx: number): number {
  return Math.round(Math.min(mostPx(windowPx), Math.max(LEAST_PX, heightPx)))
}

export function readHeights(storage: Pick<Storage, 'getItem'>): DrawerHeights {
  const first: DrawerHeights = { runs: 320, lists: 200 }
  try {
    const kept = v.safeParse(keptSchema, JSON.parse(storage.getItem(KEY) ?? 'null'))
    return kept.success ? kept.output : first
  } catch {
    return first
  }
}

export function keepHeights(storage: Pick<Storage, 'setItem'>, heights: DrawerHeights): void {
  storage.setItem(KEY, JSON.stringify(heights))
}
