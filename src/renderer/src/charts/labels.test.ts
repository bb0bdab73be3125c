import { describe, expect, it } from 'vitest'
import { shapesOf, type Shape } from './annotations'
import { boxOf, crossings, overlaps } from './labels'
import type { Scene, SceneAxis, SceneLine } from './scene'

const area = { left: 0, right: 400, top: 0, bottom: 200 }
const widthOf = (text: string): number => text.length * 6

function axis(min: number, max: number): SceneAxis {
  return { min, max, ticks: [], logarithmic: false, format: String }
}

function lineOf(x: readonly number[], y: readonly number[], strength = 100): SceneLine {
  return { x, y, strength, colour: '--train', width: 1, dash: [], dots: 0 }
}

function sceneWith(change: Partial<Scene>): Scene {
  return {
    ...{ x: axis(0, 400), y: axis(0, 200), lines: [], band: null, levels: [], marks: [], moment: null, cut: false },
    ...change
  }
}

function textsOf(scene: Scene): Extract<Shape, { type: 'text' }>[] {
  return shapesOf(scene, area, String, widthOf).flatMap((shape) => (shape.type === 'text' ? [shape] : []))
}

describe('crossings', () => {
  const flat = (value: number) => value
  const box = boxOf(100, 100, 40, 'left')

  it('counts lines between their points, and none before, behind or beside them', () => {
    expect(crossings([lineOf([0, 400], [95, 95])], box, flat, flat)).toBe(11)
    expect(crossings([lineOf([0, 400], [120, 120])], box, flat, flat)).toBe(0)
    expect(crossings([lineOf([0, 60], [95, 95]), lineOf([300, 400], [95, 95])], box, flat, flat)).toBe(0)
    expect(crossings([lineOf([0, 400], [0, 400])], box, flat, flat)).toBeLessThan(3)
  })

  it('leaves faint lines out', () => {
    expect(crossings([lineOf([0, 400], [95, 95], 20)], box, flat, flat)).toBe(0)
  })
})

describe('names of levels', () => {
  const level = { label: 'Mean', value: 100, beyond: null }

  it('stand at the right above their line where nothing is in the way', () => {
    expect(textsOf(sceneWith({ levels: [level] }))).toMatchObject([{ at: [396, 96], side: 'right', text: 'Mean 100' }])
  })

  it('give way to the curves', () => {
    const lines = [lineOf([0, 400], [106, 106])]
    const [name] = textsOf(sceneWith({ levels: [level], lines }))
    expect(name?.at[1]).toBeGreaterThan(100)
    const both = [...lines, lineOf([200, 400], [92, 92])]
    const [freed] = textsOf(sceneWith({ levels: [level], lines: both }))
    const box = boxOf(freed?.at[0] ?? 0, freed?.at[1] ?? 0, 48, freed?.side ?? 'left')
    expect(
      crossings(
        both,
        box,
        (value) => value,
        (value) => 200 - value
      )
    ).toBe(0)
  })

  it('cover no other name: of a level, of a mark', () => {
    const levels = [
      level,
      { label: 'Linear model', value: 101, beyond: null },
      { label: 'Far', value: 900, beyond: 'top' as const }
    ]
    const marks = [{ at: 340, label: 'rate × 0.5' }]
    const boxes = textsOf(sceneWith({ levels, marks })).map(({ at, text, side }) =>
      boxOf(at[0], at[1], widthOf(text), side)
    )
    expect(boxes).toHaveLength(4)
    boxes.forEach((one, index) => {
      expect(boxes.slice(index + 1).some((other) => overlaps(one, other))).toBe(false)
      expect(one.top).toBeGreaterThanOrEqual(area.top - 2)
    })
  })

  it('are left out where there is no room, their lines are not', () => {
    const shapes = shapesOf(sceneWith({ levels: [level] }), { ...area, right: 30 }, String, widthOf)
    expect(shapes.map(({ type }) => type)).toEqual(['rule'])
  })
})
