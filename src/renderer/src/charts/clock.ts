/**
 * When charts are drawn: at most once for each frame of the screen. What the person moves is drawn at once; what merely came in
 * is drawn one chart after the other, as far as the frame has time for it, and the rest in the next ones.
 */

/** Time of a frame, in ms, for what is not urgent. */
const BUDGET = 5

export class DrawClock {
  private readonly urgent = new Set<() => void>()
  private readonly waiting = new Set<() => void>()
  private frame = 0

  /**
   * @param request calls back at the next frame of the screen
   * @param now in ms
   */
  constructor(
    private readonly request: (draw: () => void) => number = (draw) => requestAnimationFrame(draw),
    private readonly now: () => number = () => performance.now()
  ) {}

  /** Draws soon; asked again before that, once. */
  ask(draw: () => void, urgent = false): void {
    if (urgent) {
      this.urgent.add(draw)
      this.waiting.delete(draw)
    } else if (!this.urgent.has(draw)) this.waiting.add(draw)
    this.schedule()
  }

  forget(draw: () => void): void {
    this.urgent.delete(draw)
    this.waiting.delete(draw)
  }

  private schedule(): void {
    if (this.frame !== 0) return
    this.frame = this.request(() => {
      this.frame = 0
      this.draw()
    })
  }

  private draw(): void {
    const begin = this.now()
    const urgent = [...this.urgent]
    this.urgent.clear()
    for (const draw of urgent) draw()
    // One at least, so that nothing waits for ever.
    for (const draw of [...this.waiting]) {
      this.waiting.delete(draw)
      draw()
      if (this.now() - begin > BUDGET) break
    }
    if (this.urgent.size + this.waiting.size > 0) this.schedule()
  }
}

export const drawClock = new DrawClock()
