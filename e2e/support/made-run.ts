/** A run of any length in the studio's window, as if the trainer had told of it: made within the page, in no time. */
import type { Locator, Page } from '@playwright/test'
import { runWith, setupWith } from '../../src/renderer/src/state/testing'
import { channels } from '../../src/shared/ipc/contract'
import type { RunFacts } from '../../src/shared/run-views'
import type { EpochPoint, RunView } from '../../src/shared/views'

export interface MadeRun {
  readonly epochs: number
  readonly stepsPerEpoch: number
  /** Steps that the window holds: the others were thinned out. */
  readonly heldSteps?: number
  readonly facts?: Partial<RunFacts>
}

/** Shows it in the Train stage. The loss of epoch e is near 1 / √e; that of epoch 777 is 9. */
export async function showMadeRun(
  page: Page,
  { epochs, stepsPerEpoch, heldSteps = 16_000, facts = {} }: MadeRun
): Promise<void> {
  const base = runWith({ runId: crypto.randomUUID(), setup: setupWith({ epochs, validation: 0.2 }) }, 'completed')
  const run: RunView = {
    ...base,
    progress: {
      ...base.progress,
      epoch: epochs,
      epochs,
      step: epochs * stepsPerEpoch,
      stepsPerEpoch,
      elapsedMs: epochs * 20
    },
    facts: { ...base.facts, ...facts }
  }
  await page.evaluate(
    ({ run, epochs, stepsPerEpoch, heldSteps, livePort }) => {
      const noise = (index: number): number => {
        const wave = Math.sin(index * 12.9898) * 43758.5453
        return wave - Math.floor(wave)
      }
      const lossAt = (position: number, index: number): number =>
        position >= 777 && position < 778 ? 9 : (0.9 + 0.2 * noise(index)) / Math.sqrt(1 + position)
      const layer = (name: string, norm: number, epoch: number) => ({
        layer: name,
        weights: {
          histogram: { min: -1, max: 1, counts: [1, 4, 1] },
          norm: 3,
          gradientNorm: (norm * (0.6 + 0.8 * noise(epoch * 7 + norm * 31))) / (1 + epoch / 40),
          updateRatio: (0.004 * norm * (0.8 + 0.4 * noise(epoch * 3 + norm))) / (1 + epoch / 60)
        },
        delta: (0.1 * norm * (0.6 + 0.8 * noise(epoch * 5 + norm * 17))) / (1 + epoch / 40),
        activations: {
          histogram: { min: 0, max: 1, counts: [1, 2, 1] },
          dead: Math.min(0.4, 0.001 * norm * epoch),
          saturated: null
        }
      })
      const points: EpochPoint[] = []
      for (let epoch = 1; epoch <= epochs; epoch += 1) {
        const every = 2 ** Math.max(0, Math.floor(Math.log2(epoch / 128)))
        const loss = lossAt(epoch, epoch)
        points.push({
          epoch,
          trainLoss: loss,
          validationLoss: 1.1 * lossAt(epoch, epoch + 0.5) + 0.02,
          trainMetrics: { mae: 0.8 * loss },
          metrics: { mae: 0.9 * loss },
          learningRate: 0.05 * (1 + Math.cos((Math.PI * epoch) / epochs)),
          best: false,
          step: epoch * stepsPerEpoch,
          elapsedMs: epoch * 20,
          layers:
            epoch % every === 0
              ? [layer('dense1', 0.2, epoch), layer('dense2', 0.5, epoch), layer('output', 1, epoch)]
              : null
        })
      }
      const all = epochs * stepsPerEpoch
      const held = Math.min(all, heldSteps)
      const step = Array.from({ length: held }, (_, index) => Math.round(((index + 1) * all) / held))
      const position = step.map((each) => each / stepsPerEpoch)
      const steps = {
        step,
        position,
        elapsedMs: position.map((each) => each * 20),
        loss: position.map((each, index) => lossAt(each, index)),
        learningRate: position.map((each) => 0.05 * (1 + Math.cos((Math.PI * each) / epochs)))
      }
      const { port1, port2 } = new MessageChannel()
      window.postMessage({ type: livePort }, location.origin, [port2])
      const shown = { ...run, epochs: points, steps }
      // After all that the trainer has told, and will tell no more: this port has taken the place of its own.
      port1.postMessage({ type: 'run', seq: Date.now(), run: shown })
    },
    { run, epochs, stepsPerEpoch, heldSteps, livePort: channels.livePort }
  )
}

export interface Frames {
  readonly count: number
  /** Ms from one frame to the next. */
  readonly median: number
  readonly worst: number
  /** Ms that the page was at work in a frame, by its own clock. */
  readonly busyMedian: number
  readonly busyWorst: number
}

/** Zooms into a chart and moves it about for some seconds, an event in every frame, and takes the time of the frames. */
export function panFrames(page: Page, chart: Locator, frames = 120): Promise<Frames> {
  return chart.evaluate(async (element, frames) => {
    const { left, top, width } = element.getBoundingClientRect()
    const wheel = (deltaX: number, deltaY: number, ctrlKey: boolean): void => {
      const at = { clientX: left + width / 2, clientY: top + 60, bubbles: true, cancelable: true }
      element.dispatchEvent(new WheelEvent('wheel', { ...at, deltaX, deltaY, ctrlKey }))
    }
    const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve))
    const gaps: number[] = []
    const busy: number[] = []
    let last = await nextFrame()
    for (let frame = 0; frame < frames; frame += 1) {
      // In by half, to and fro, and out again.
      if (frame % 40 < 10) wheel(0, -12, true)
      else if (frame % 40 < 30) wheel(frame % 2 === 0 ? 40 : 30, 0, false)
      else wheel(0, 12, true)
      const begin = performance.now()
      const now = await nextFrame()
      // After all callbacks of this frame.
      await new Promise<void>((resolve) => {
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = () => resolve()
        port2.postMessage(null)
      })
      busy.push(performance.now() - Math.max(begin, now))
      gaps.push(now - last)
      last = now
    }
    const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0
    return {
      count: gaps.length,
      median: middle(gaps),
      worst: Math.max(...gaps),
      busyMedian: middle(busy),
      busyWorst: Math.max(...busy)
    }
  }, frames)
}
