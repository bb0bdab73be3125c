import { expect, it } from 'vitest'
import type { RunKept } from '../shared/ipc/contract'
import { madeSetup } from '../project/testing/tables'
import { noRun, OpenWork, type Work } from './open-work'

const setup = madeSetup('regression', 'squared')
const running: RunKept = { ...noRun, name: 'a-1', title: 'a 1', status: 'running', share: 0.5 }

function openWork(): { work: OpenWork; told: (Work | null)[] } {
  const told: (Work | null)[] = []
  return { work: new OpenWork((current) => told.push(current)), told }
}

it('is what was opened, with the settings edited last and where the run stands', () => {
  const { work, told } = openWork()
  expect(work.current).toBeNull()
  work.opened(['/a.csv'], { header: true }, setup)
  const edited = { ...setup, epochs: 7 }
  work.edited(edited)
  work.told(running)
  expect(work.current).toEqual({ paths: ['/a.csv'], readAs: { header: true }, setup: edited, run: running })
  expect(told).toHaveLength(3)
  work.opened(['/b.csv'], {}, null)
  expect(work.current).toMatchObject({ paths: ['/b.csv'], setup: null })
  work.closed()
  expect(work.current).toBeNull()
  expect(told.at(-1)).toBeNull()
})

it('goes back to the settings before when the trainer refuses an edit, unless others were made meanwhile', () => {
  const { work } = openWork()
  work.opened(['/a.csv'], {}, setup)
  const refused = { ...setup, epochs: 7 }
  work.edited(refused)
  work.refused(refused, setup)
  expect(work.current?.setup).toBe(setup)
  work.edited(refused)
  const later = { ...setup, epochs: 8 }
  work.edited(later)
  work.refused(refused, setup)
  expect(work.current?.setup).toBe(later)
})

it('knows no edit of nothing', () => {
  const { work, told } = openWork()
  work.edited(setup)
  work.refused(setup, null)
  expect(work.current).toBeNull()
  expect(told).toEqual([])
})

it('waits when nobody goes on with its run', () => {
  const { work } = openWork()
  work.opened(['/a.csv'], {}, setup)
  work.told(running)
  work.interrupted()
  expect(work.current?.run).toEqual({ ...running, status: 'paused' })
  work.told({ ...running, status: 'completed' })
  work.interrupted()
  expect(work.current?.run.status).toBe('completed')
})
