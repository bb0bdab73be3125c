/** When pictures of a run may be worked out: one at a time, and beside a run that trains only for a small share of the time. */
import { setTimeout } from 'node:timers/promises'
import { SerialQueue } from './serialQueue'

/** Times as long as a picture took training goes on before the next one: a ninth of the time at most is theirs. */
const REST = 8
/** Longest rest: whoever asks gets an answer. */
const LONGEST_REST_MS = 500

export class PictureTurns {
  private readonly queue = new SerialQueue()
  private restUntil = Number.NEGATIVE_INFINITY

  /**
   * @param isTraining whether steps are being taken meanwhile
   * @param now a monotonic clock in milliseconds
   */
  constructor(
    private readonly isTraining: () => boolean,
    private readonly now: () => number = () => performance.now()
  ) {}

  /** @param prepare what may wait for a disk; @param draw what takes the processor */
  run<Ready, Picture>(
    prepare: () => Promise<Ready>,
    draw: (ready: Ready) => Picture | Promise<Picture>
  ): Promise<Picture> {
    return this.queue.run(async () => {
      const ready = await prepare()
      const rest = this.restUntil - this.now()
      if (rest > 0 && this.isTraining()) await setTimeout(Math.min(rest, LONGEST_REST_MS))
      const began = this.now()
      try {
        return await draw(ready)
      } finally {
        const ended = this.now()
        this.restUntil = ended + REST * (ended - began)
      }
    })
  }
}
