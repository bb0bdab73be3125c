/** Shows the system what `TrainingWatch` makes of a run: sleep prevented, the bar in the dock or taskbar, a notification at the end. */
import { Notification, powerSaveBlocker, type BrowserWindow } from 'electron'
import type { TrainingState } from './training-watch'
import { focusWindow } from './windows'

export class TrainingShown {
  private blocker: number | null = null
  private bar = ''
  /** Kept as long as they are on the screen: one that is collected cannot be clicked. */
  private readonly notifications = new Set<Notification>()

  constructor(private readonly window: BrowserWindow) {}

  show({ awake, progress, paused, ended }: TrainingState): void {
    this.keepAwake(awake)
    this.showProgress(progress, paused)
    if (ended !== null && !this.window.isDestroyed() && !this.window.isFocused()) this.notify(ended)
  }

  private keepAwake(awake: boolean): void {
    if (awake && this.blocker === null) this.blocker = powerSaveBlocker.start('prevent-app-suspension')
    if (!awake && this.blocker !== null) {
      powerSaveBlocker.stop(this.blocker)
      this.blocker = null
    }
  }

  private showProgress(progress: number, paused: boolean): void {
    const bar = `${Math.round(progress * 1000)} ${paused}`
    if (bar === this.bar || this.window.isDestroyed()) return
    this.bar = bar
    this.window.setProgressBar(progress, { mode: progress < 0 ? 'none' : paused ? 'paused' : 'normal' })
  }

  private notify({ title, outcome }: NonNullable<TrainingState['ended']>): void {
    if (!Notification.isSupported()) return
    const notification = new Notification({ title, body: outcome })
    const forget = (): void => void this.notifications.delete(notification)
    notification.once('click', () => {
      forget()
      if (!this.window.isDestroyed()) focusWindow(this.window)
    })
    notification.once('close', forget)
    this.notifications.add(notification)
    notification.show()
  }
}
