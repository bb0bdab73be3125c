import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { madeSetup } from '../project/testing/tables'
import { noRun, type Work } from './open-work'
import { SavedSessions } from './saved-session'
import { requireThere } from './session-requests'

const setup = madeSetup('regression', 'squared')
const work: Work = {
  paths: ['/data/iris.csv'],
  readAs: { header: true },
  setup,
  run: { ...noRun, name: 'iris-1', title: 'iris, two layers', status: 'running', share: 0.25 }
}

let folder = ''
let file = ''
const noon = () => new Date('2026-05-01T12:00:00.000Z')

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'backprop-session-'))
  file = path.join(folder, 'session.json')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function keep(kept: Work): Promise<void> {
  const saved = new SavedSessions(file, noon)
  saved.take(kept)
  await saved.flush()
}

describe('SavedSessions', () => {
  it('offers at the next start what was open', async () => {
    await keep(work)
    const next = new SavedSessions(file)
    expect(await next.view()).toEqual({
      fileName: 'iris.csv',
      savedAt: '2026-05-01T12:00:00.000Z',
      closed: false,
      run: { title: 'iris, two layers', share: 0.25 }
    })
    expect(await next.saved()).toEqual(work)
  })

  it('keeps a draft as it is, with a field that was emptied', async () => {
    const draft = { ...setup, batchSize: Number.NaN, epochs: 7 }
    await keep({ ...work, setup: draft })
    expect((await new SavedSessions(file).saved())?.setup).toEqual(draft)
  })

  it('offers no run that has ended, and none that is not on disk', async () => {
    await keep({ ...work, run: { ...work.run, status: 'completed', outcome: 'Done.' } })
    expect(await new SavedSessions(file).view()).toMatchObject({ run: null })
    await keep({ ...work, run: { ...work.run, name: null, unsaved: true } })
    expect((await new SavedSessions(file).saved())?.run).toEqual(noRun)
  })

  it('offers nothing while something is open, and again when that is lost', async () => {
    await keep(work)
    const saved = new SavedSessions(file)
    await saved.view()
    saved.take({ ...work, paths: ['/data/wine.csv'] })
    expect(await saved.view()).toBeNull()
    saved.take(null)
    expect(await saved.view()).toMatchObject({ fileName: 'wine.csv' })
    await saved.flush()
    expect(await new SavedSessions(file).view()).toMatchObject({ fileName: 'wine.csv' })
  })

  it('knows that the person closed the studio, and not how the run ended then', async () => {
    const saved = new SavedSessions(file)
    saved.take(work)
    await saved.close()
    saved.take({ ...work, run: { ...work.run, status: 'stopped' } })
    await saved.flush()
    expect(await new SavedSessions(file).view()).toMatchObject({ closed: true, run: { share: 0.25 } })
  })

  it('leaves the offer when the studio is closed before anything was opened', async () => {
    await keep(work)
    await new SavedSessions(file).close()
    expect(await new SavedSessions(file).view()).toMatchObject({ closed: false, fileName: 'iris.csv' })
  })

  it('forgets on request', async () => {
    await keep(work)
    const saved = new SavedSessions(file)
    await saved.forget()
    expect(await saved.view()).toBeNull()
    expect(await readdir(folder)).toEqual([])
  })

  it.each(['', '{', '{"formatVersion":2}', 'null', '[]'])('sets a damaged file aside: %j', async (text) => {
    await writeFile(file, text)
    const complaint = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    expect(await new SavedSessions(file).view()).toBeNull()
    expect(complaint).toHaveBeenCalledOnce()
    complaint.mockRestore()
    expect(await readdir(folder)).toEqual(['session.json.damaged'])
  })

  it('takes no path that is not absolute, and nothing that it does not know', async () => {
    await keep(work)
    const whole: unknown = JSON.parse(await readFile(file, 'utf8'))
    const complaint = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    for (const change of [{ paths: ['iris.csv'] }, { paths: [] }, { more: 1 }, { run: { name: 'x' } }]) {
      await writeFile(file, JSON.stringify(Object.assign({}, whole, change)))
      expect(await new SavedSessions(file).view()).toBeNull()
    }
    complaint.mockRestore()
  })

  describe('in time', () => {
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    })
    afterEach(() => {
      vi.useRealTimers()
    })

    it('writes half a second after a change, and seldom when only the run is further', async () => {
      const saved = new SavedSessions(file, noon)
      await saved.view()
      const share = async () => {
        await saved.view()
        const text = await readFile(file, 'utf8').catch(() => null)
        return text === null ? null : /"share": ([\d.]+)/.exec(text)?.[1]
      }
      saved.take(work)
      vi.advanceTimersByTime(499)
      expect(await share()).toBeNull()
      vi.advanceTimersByTime(1)
      expect(await share()).toBe('0.25')
      for (let tick = 1; tick <= 40; tick++) {
        saved.take({ ...work, run: { ...work.run, share: tick / 100 } })
        vi.advanceTimersByTime(100)
      }
      expect(await share()).toBe('0.25')
      vi.advanceTimersByTime(1000)
      expect(await share()).toBe('0.4')
    })
  })
})

describe('requireThere', () => {
  it('names what is missing and says what to do, without its folder', async () => {
    await writeFile(path.join(folder, 'a.csv'), '')
    await expect(requireThere([path.join(folder, 'a.csv')])).resolves.toBeUndefined()
    const missing = requireThere([path.join(folder, 'a.csv'), path.join(folder, 'b.csv')])
    await expect(missing).rejects.toMatchObject({ code: 'saved-file-missing', details: { file: 'b.csv' } })
    const message = await missing.catch((error: unknown) => String(error))
    expect(message).toContain('"b.csv"')
    expect(message).toContain('choose "Go on" again')
    expect(message).not.toContain(folder)
  })
})
