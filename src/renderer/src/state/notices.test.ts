import { describe, expect, it } from 'vitest'
import type { ErrorValue } from '../../../shared/errors'
import { Notices } from './notices.svelte'

const error = (code: string): ErrorValue => ({ code, message: `What ${code} means.`, details: {} })
const shown = (notices: Notices): string[] => notices.messages.map((message) => message.error.code)

describe('notices', () => {
  it('shows the same error once, and keeps those of other topics', () => {
    const notices = new Notices()
    notices.report(error('empty-file'), 'open')
    notices.report(error('empty-file'), 'open')
    notices.report(error('run-damaged'), 'export')
    expect(shown(notices)).toEqual(['empty-file', 'run-damaged'])
    notices.clear('open')
    expect(shown(notices)).toEqual(['run-damaged'])
  })

  it('shows nothing for what was cancelled', () => {
    const notices = new Notices()
    notices.report(error('cancelled'), 'open')
    expect(notices.messages).toEqual([])
  })

  it('tells once that the trainer ended, whichever comes first: the notice or the requests it failed', () => {
    const first = new Notices()
    first.report(error('trainer-gone'), 'train')
    first.report(error('trainer-gone'), 'setup')
    first.report(error('trainer-restarted'), 'trainer')
    expect(shown(first)).toEqual(['trainer-restarted'])
    const last = new Notices()
    last.report(error('trainer-restarted'), 'trainer')
    last.report(error('trainer-gone'), 'train')
    expect(shown(last)).toEqual(['trainer-restarted'])
    // Nothing is lost: the log has every one.
    expect(last.log).toHaveLength(2)
  })

  it('shows a failed request when there is no notice, and a trainer that is gone for good', () => {
    const notices = new Notices()
    notices.report(error('trainer-gone'), 'train')
    expect(shown(notices)).toEqual(['trainer-gone'])
    notices.report(error('trainer-gone'), 'trainer')
    expect(notices.messages.map(({ topic }) => topic)).toEqual(['trainer'])
  })
})
