/** What the charts do beyond lines: zooming, measures, marks, questions for more, files. */
import { describe, expect, it } from 'vitest'
import type { RunChange, StepSeries } from '../../../shared/run-views'
import type { EpochPoint } from '../../../shared/views'
import { runWith } from '../state/testing'
import { shapesOf } from './annotations'
import { arranged } from './board.svelte'
import { changeLabel, marksOf } from './changes'
import { DrawClock } from './clock'
import { csvOf, epochsCsv, stepsCsv } from './csv'
import { askFor, DETAIL_POINTS } from './detail'
import { extentOf } from './extent'
import { fileNameOf } from './names'
import { hoverAt } from './hover'
import { lossChart } from './loss'
import { contextOf } from './context'
import { converted, formatAlong, roomyEnd, tickStep } from './measure'
import { sceneOf, type Scene, type SceneInput } from './scene'
import { Series, sourceOfRun } from './series'
import { svgOf } from './svg'
import { emptySteps } from './thinning'
import { atShare, moved, within, zoomed } from './zoom'

const all = { from: 0, to: 100 }

describe('zooming', () => {
  it('keeps what stands under the pointer', () => {
    for (const logarithmic of [false, true]) {
      const range = { from: 1, to: 100 }
      const next = zoomed(range, 0.25, 0.5, logarithmic)
      expect(atShare(next, 0.25, logarithmic)).toBeCloseTo(atShare(range, 0.25, logarithmic), 9)
    }
    expect(zoomed({ from: 1, to: 100 }, 0.5, 0.5, true).to).toBeCloseTo(10 ** 1.5, 9)
  })

  it('moves by a share of the width', () => {
    expect(moved({ from: 10, to: 20 }, 0.5, false)).toEqual({ from: 15, to: 25 })
    expect(moved({ from: 1, to: 10 }, 1, true).to).toBeCloseTo(100, 9)
  })

  it('stays within what there is, with its width', () => {
    expect(within({ from: 90, to: 110 }, all, false)).toEqual({ from: 80, to: 100 })
    expect(within({ from: 30, to: 20 }, all, false)).toEqual({ from: 20, to: 30 })
    expect(within({ from: -5, to: 300 }, all, false)).toBeNull()
    expect(within({ from: Number.NaN, to: 3 }, all, false)).toBeNull()
  })

  it('ends at a millionth of what there is', () => {
    const smallest = within({ from: 50, to: 50 }, all, false)
    expect((smallest?.to ?? 0) - (smallest?.from ?? 0)).toBeCloseTo(1e-4, 9)
  })
})

const steps: StepSeries = {
  step: [1, 2, 3, 4],
  position: [0.5, 1, 1.5, 2],
  elapsedMs: [100, 200, 1000, 1100],
  loss: [4, 3, 2, 1],
  learningRate: [0.1, 0.1, 0.05, 0.05]
}

describe('measures', () => {
  it('finds a place of one measure in another', () => {
    expect(converted(steps, 1.25, 'epoch', 'time')).toBe(600)
    expect(converted(steps, 3, 'step', 'epoch')).toBe(1.5)
    expect(converted(steps, 0.25, 'epoch', 'step')).toBe(0.5)
    expect(converted(emptySteps(), 7, 'epoch', 'step')).toBe(7)
  })

  it('counts time as people do', () => {
    expect(tickStep(100_000, 8, 'time')).toBe(15_000)
    expect(formatAlong(75_000, 15_000, 'time')).toBe('1:15')
    expect(formatAlong(3_720_000, 600_000, 'time')).toBe('1:02:00')
    expect(formatAlong(250, 50, 'time')).toBe('0.25 s')
  })

  it('tells labels apart however far it is zoomed in', () => {
    expect([0.998, 0.999].map((value) => formatAlong(value, 0.001, 'epoch'))).toEqual(['0.998', '0.999'])
    expect([500_000, 500_001].map((value) => formatAlong(value, 1, 'step'))).toEqual(['500\u202f000', '500\u202f001'])
    expect(formatAlong(2_500_000, 500_000, 'step')).toBe('2.5 M')
  })

  it('stands a little ahead of a run that goes on and fits one that has ended', () => {
    expect(roomyEnd(0, 60, true, 'epoch')).toBe(1)
    expect(roomyEnd(1.5, 60, true, 'epoch')).toBe(5)
    expect(roomyEnd(37, 60, true, 'epoch')).toBe(40)
    expect(roomyEnd(37, 60, false, 'epoch')).toBe(37)
    expect(roomyEnd(1.5, 3, true, 'epoch')).toBe(3)
  })
})

const point = (epoch: number): EpochPoint => ({
  epoch,
  trainLoss: 1 / epoch,
  validationLoss: null,
  trainMetrics: {},
  metrics: {},
  learningRate: 0.1,
  best: true,
  step: epoch * 2,
  elapsedMs: epoch * 100,
  layers: null
})
const base = runWith({ epochs: [1, 2, 3, 4].map(point), steps }, 'completed')
const rate: RunChange = {
  step: 3,
  position: 1.5,
  elapsedMs: 150,
  settings: [
    { label: 'Learning rate', before: '0.1', after: '0.05' },
    { label: 'Batch size', before: '32', after: '64' }
  ]
}

describe('marks', () => {
  it('names a change in few words', () => {
    expect(changeLabel(rate.settings)).toBe('rate × 0.5 +1')
    expect(changeLabel(rate.settings.slice(1))).toBe('batch size → 64')
    expect(changeLabel([{ label: 'Learning rate', before: '0.1', after: '1' }])).toBe('rate × 10')
    expect(changeLabel([])).toBe('changed')
  })

  it('stands where the run was forked and changed, in any measure', () => {
    const parent = { runId: 'p', name: 'p', title: 'P', epoch: 2, settings: rate.settings.slice(0, 1) }
    const run = { ...base, facts: { ...base.facts, parent, changes: [rate] } }
    expect(marksOf(run, 'epoch').map(({ at }) => at)).toEqual([2, 1.5])
    expect(marksOf(run, 'step').map(({ at }) => at)).toEqual([4, 3])
    expect(marksOf(run, 'time').map(({ at }) => at)).toEqual([200, 150])
    expect(marksOf(run, 'step')[0]?.label).toBe('forked: rate × 0.5')
  })
})

describe('the extent', () => {
  it('reaches to the end of the longest run', () => {
    expect(extentOf(base, [], 'epoch', false)).toEqual({ from: 0, to: 4 })
    expect(extentOf(base, [{ epochs: [point(9)], steps }], 'step', false)).toEqual({ from: 0, to: 18 })
    expect(extentOf(base, [], 'time', true)).toEqual({ from: 100, to: 1100 })
    expect(extentOf(null, [], 'epoch', false)).toEqual({ from: 0, to: 10 })
  })
})

describe('askFor', () => {
  const held = { ...emptySteps(), step: Array.from({ length: 1000 }, (_, index) => (index + 1) * 1000) }

  it('asks for the part in sight and what is beside it, where the window holds too little', () => {
    expect(askFor(held, { from: 500_000, to: 509_999 }, null)).toEqual({
      from: 490_000,
      to: 519_999,
      points: DETAIL_POINTS
    })
  })

  it('does not ask again for what has been asked for in enough detail', () => {
    const asked = { from: 490_000, to: 519_999 }
    expect(askFor(held, { from: 495_000, to: 504_999 }, asked)).toBeNull()
    expect(askFor(held, { from: 515_000, to: 524_999 }, asked)).not.toBeNull()
    expect(askFor(held, { from: 500_000, to: 502_000 }, asked)).not.toBeNull()
  })

  it('does not ask for what the window holds', () => {
    expect(askFor({ ...held, step: [1, 2, 3, 4] }, { from: 1, to: 4 }, null)).toBeNull()
    expect(askFor(emptySteps(), { from: 1, to: 4 }, null)).toBeNull()
  })
})

const spec = lossChart(contextOf(base.setup, base.prepared, []))
function sceneWith(change: Partial<SceneInput> = {}): Scene {
  const series = new Series()
  series.read(spec, sourceOfRun(base), 0)
  return sceneOf({
    spec,
    curves: series.curves,
    steps,
    overlays: [],
    measure: 'epoch',
    range: { from: 0, to: 4 },
    logX: false,
    logY: false,
    outliers: false,
    smoothed: false,
    levels: [],
    marks: [],
    moment: null,
    width: 400,
    ...change
  })
}

describe('the scene', () => {
  it('holds the losses of the steps and the line of the epochs, not an empty validation line', () => {
    expect(sceneWith().lines.map(({ x, strength }) => [x.length, strength])).toEqual([
      [4, 18],
      [4, 100]
    ])
  })

  it('fits the values in sight', () => {
    expect(sceneWith().y.max).toBe(4)
    expect(sceneWith({ range: { from: 3, to: 4 } }).y.max).toBeLessThan(1.1)
  })

  it('takes no value to a logarithm that has none', () => {
    const scene = sceneWith({ logX: true, logY: true, range: { from: 0.5, to: 4 } })
    expect(scene.x.min).toBe(0.5)
    expect(scene.lines.flatMap(({ x, y }) => [...x, ...y]).every((value) => value > 0)).toBe(true)
  })

  it('widens for a level that is near, and names one that is far at the edge', () => {
    const levels = [
      { label: 'near', value: 5 },
      { label: 'far', value: 1000 }
    ]
    const scene = sceneWith({ levels })
    expect(scene.y.max).toBeGreaterThanOrEqual(5)
    expect(scene.levels.map(({ beyond }) => beyond)).toEqual([null, 'top'])
  })

  it('shows marks that are in sight, their labels beside one another', () => {
    const marks = [
      { at: 1, label: 'one' },
      { at: 1.01, label: 'two' },
      { at: 9, label: 'later' }
    ]
    const scene = sceneWith({ marks })
    expect(scene.marks).toHaveLength(2)
    const shapes = shapesOf(scene, { left: 0, right: 400, top: 0, bottom: 200 }, String, (text) => text.length * 6)
    const texts = shapes.flatMap((shape) => (shape.type === 'text' ? [shape.at[1]] : []))
    expect(new Set(texts).size).toBe(2)
  })
})

describe('hoverAt', () => {
  it('finds the nearest epoch and line, with its exact value', () => {
    const series = new Series()
    series.read(spec, sourceOfRun(base), 0)
    const context = {
      scene: sceneWith(),
      area: { left: 0, right: 400, top: 0, bottom: 200 },
      spec,
      measure: 'epoch' as const,
      curves: series.curves,
      steps,
      overlays: []
    }
    expect(hoverAt({ x: 310, y: 10 }, context)).toMatchObject({
      left: 300,
      epoch: 3,
      lines: [{ label: 'training', raw: 1 / 3, nearest: true }],
      step: { step: 4, value: 1 }
    })
    expect(hoverAt({ x: 450, y: 10 }, context)).toBeNull()
  })
})

describe('files', () => {
  it('writes numbers to the last digit and no text that a spreadsheet runs', () => {
    expect(csvOf([['=1+1', 0.1 + 0.2, null, Number.NaN, 'a "b", c']])).toBe(
      `'=1+1,0.30000000000000004,,,"a ""b"", c"\r\n`
    )
    expect(Number(csvOf([[1 / 3]]))).toBe(1 / 3)
    // A negative number is no formula.
    expect(csvOf([[-1e-7, '-x']])).toBe("-1e-7,'-x\r\n")
  })

  it('holds all epochs of all runs in a chart, and all steps', () => {
    const table = epochsCsv(spec, [{ title: 'A', ...sourceOfRun(base) }])
      .trimEnd()
      .split('\r\n')
    expect(table[0]).toBe('run,epoch,step,elapsed_ms,training,validation')
    expect(table[3]).toBe(`A,3,6,300,${1 / 3},`)
    expect(table).toHaveLength(5)
    expect(stepsCsv(steps).split('\r\n')[2]).toBe('3,1.5,1000,2,0.05')
  })

  it('draws a picture of vectors with text as text, small and sound', () => {
    const scene = sceneWith({ marks: [{ at: 2, label: 'a < b & "c"' }] })
    const text = {
      title: 'Loss',
      along: 'epoch',
      legend: [{ label: 'training', colour: '--train' as const, dash: [] }]
    }
    const svg = svgOf(scene, spec, text, () => '#123456')
    expect(svg).toContain('>a &lt; b &amp; &quot;c&quot;</text>')
    expect(svg).toContain('>training</text>')
    expect(svg.match(/<path[^>]* clip-path/g)).toHaveLength(2)
    expect(svg).not.toMatch(/NaN|undefined|Infinity/)
    expect(svg.length).toBeLessThan(6000)
  })

  it('has a name that every file system takes', () => {
    expect(fileNameOf('a/b\\c: "Loss" <1>?')).toBe('a b c Loss 1')
    expect(fileNameOf('..')).toBe('chart')
    expect(fileNameOf('Größe 1')).toBe('Größe 1')
  })
})

describe('cards', () => {
  it('come pinned ones first, in the order of pinning', () => {
    const ids = arranged([{ id: 'a' }, { id: 'b' }, { id: 'c' }], ['c', 'gone', 'b']).map(({ id }) => id)
    expect(ids).toEqual(['c', 'b', 'a'])
  })
})

describe('DrawClock', () => {
  it('draws what is urgent at once, and the rest as far as a frame has time', () => {
    let now = 0
    let frame: (() => void) | null = null
    const next = (): void => {
      const draw = frame
      frame = null
      draw?.()
    }
    const clock = new DrawClock(
      (draw) => {
        frame = draw
        return 1
      },
      () => now
    )
    const drawn: string[] = []
    const chart = (name: string) => (): void => {
      drawn.push(name)
      now += 3
    }
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(chart)
    for (const draw of [a, b, c]) clock.ask(draw as () => void)
    clock.ask(d as () => void)
    clock.ask(d as () => void, true)
    next()
    expect(drawn).toEqual(['d', 'a'])
    next()
    expect(drawn).toEqual(['d', 'a', 'b', 'c'])
    next()
    expect(drawn).toHaveLength(4)
  })
})
