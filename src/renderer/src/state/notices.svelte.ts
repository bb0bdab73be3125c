/** What the studio has to say: errors that stay until they are dismissed, and the log. */
import type { ErrorValue } from '../../../shared/errors'
import { formatClock } from './format'
import { same } from './same'

/** What a message is about; the next try at the same thing takes it away. */
export type Topic = 'open' | 'setup' | 'train' | 'export' | 'trainer' | 'other'

export interface Message {
  readonly id: number
  readonly topic: Topic
  readonly error: ErrorValue
}

export interface LogEntry {
  readonly id: number
  /** Local time, "14:03:27". */
  readonly time: string
  readonly text: string
  readonly level: 'info' | 'error'
}

const MOST_MESSAGES = 4
const MOST_LOG_ENTRIES = 500

export class Notices {
  messages = $state.raw<readonly Message[]>([])
  log = $state.raw<readonly LogEntry[]>([])
  #nextId = 1

  /** Shows an error until it is dismissed or the same thing is tried again. What was cancelled is no error. */
  report(error: ErrorValue, topic: Topic): void {
    if (error.code === 'cancelled') return
    this.note(`${error.message} (${error.code})`, 'error')
    const told = (message: Message): boolean => message.topic === 'trainer'
    // A trainer that ends fails every request under way; the notice about it says that better, and once.
    const ofOneRequest = topic !== 'trainer' && error.code === 'trainer-gone'
    if (ofOneRequest && this.messages.some(told)) return
    const others = this.messages.filter(
      (message) =>
        !(message.topic === topic && same(message.error, error)) &&
        !(topic === 'trainer' && message.error.code === 'trainer-gone')
    )
    this.messages = [...others, { id: this.#nextId++, topic, error }].slice(-MOST_MESSAGES)
  }

  dismiss(id: number): void {
    this.messages = this.messages.filter((message) => message.id !== id)
  }

  clear(topic: Topic): void {
    if (!this.messages.some((message) => message.topic === topic)) return
    this.messages = this.messages.filter((message) => message.topic !== topic)
  }

  /** Adds a line to the log. */
  note(text: string, level: LogEntry['level'] = 'info'): void {
    this.log = [...this.log, { id: this.#nextId++, time: formatClock(Date.now()), text, level }].slice(
      -MOST_LOG_ENTRIES
    )
  }
}
