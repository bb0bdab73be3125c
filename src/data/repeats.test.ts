import { describe, expect, it } from 'vitest'
import { honestyFindings } from './honesty'
import { prepare } from './prepare'
import { column, table } from './testing'
import { setupFor } from './testing-setup'

/** 60 rows, and the first 12 of them once more. */
const rows = Array.from({ length: 72 }, (_, row) => row % 60)
const data = table([
  column(
    'a',
    rows.map((row) => (row === 5 ? null : row * 1.5))
  ),
  column(
    'b',
    rows.map((row) => `t${row % 7}`)
  ),
  column(
    'c',
    rows.map((row) => (row * 37) % 60)
  ),
  column(
    'y',
    rows.map((row) => row ** 2)
  )
])
const setup = setupFor(data, 'y', { task: 'regression', loss: 'squared' })

describe('repeated rows', () => {
  it('are kept unless somebody wants each once: then the first of them stays', () => {
    const all = prepare(data, setup)
    expect(all.trainRows.length + all.validationRows.length).toBe(72)
    const once = prepare(data, { ...setup, repeats: 'once' })
    expect(Math.max(...once.trainRows, ...once.validationRows)).toBe(59)
    expect(once.trainRows.length + once.validationRows.length).toBe(60)
    expect(once.notices.find(({ code }) => code === 'repeats-left-out')?.message).toMatch(/^12 rows repeat/)
  })

  it('are found, left out by one click, and taken back by another', () => {
    const [found] = honestyFindings(data, setup, prepare(data, setup)).filter(({ code }) => code === 'duplicate-rows')
    expect(found?.remedy).toEqual({ label: 'Keep each row once', change: { repeats: 'once' } })
    const mended = { ...setup, ...found?.remedy?.change }
    const prepared = prepare(data, mended)
    expect(honestyFindings(data, mended, prepared).map(({ code }) => code)).not.toContain('duplicate-rows')
    const [said] = prepared.notices.filter(({ code }) => code === 'repeats-left-out')
    expect({ ...mended, ...said?.remedy?.change }).toEqual(setup)
  })

  it('say nothing where none is', () => {
    const different = table([
      column('place', Array.from(rows.keys())),
      ...data.columns.filter((each) => each.type !== 'image')
    ])
    const { notices, trainRows, validationRows } = prepare(different, { ...setup, repeats: 'once' })
    expect(notices.map(({ code }) => code)).not.toContain('repeats-left-out')
    expect(trainRows.length + validationRows.length).toBe(72)
  })
})
