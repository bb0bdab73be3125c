import { describe, expect, it } from 'vitest'
import type { RunKept } from '../shared/ipc/contract'
import type { RunProgress } from '../shared/views'
import { noRun, type Work } from './open-work'
import { describeExit, goneSentence, restartedSentence, type Exit, type Restored } from './trainer-messages'

const crash: Exit = { code: 6, reason: 'crashed', asked: false, heapFull: false }
const running: RunKept = { ...noRun, name: 'iris-1', title: 'iris, two layers', status: 'running', share: 0.5 }
const progress: RunProgress = {
  status: 'running',
  epoch: 12,
  epochs: 100,
  step: 345,
  stepsPerEpoch: 30,
  elapsedMs: 5000,
  remainingMs: null,
  remainingRangeMs: null,
  rowsPerSecond: null
}
const dataset: Restored = { what: 'dataset', run: null, why: null }

function work(run: RunKept = noRun, ...paths: string[]): Work {
  return { paths: paths.length === 0 ? ['/home/ada/iris.csv'] : paths, readAs: {}, setup: null, run }
}

/** One sentence: no end of another one within. */
function expectOneSentence(text: string): void {
  expect(text).toMatch(/^[A-Z].*\.$/)
  expect(text).not.toMatch(/\.[)"]* [A-Z]/)
}

describe('what is said when the trainer died', () => {
  it('names the cause', () => {
    expect(describeExit({ ...crash, code: 9, reason: 'killed' })).toContain('signal 9')
    expect(describeExit(crash)).toContain('crashed')
    expect(describeExit({ ...crash, code: 1, reason: null })).toContain('exit code 1')
    expect(describeExit({ ...crash, code: 5, reason: 'oom' })).toContain('memory')
    expect(describeExit({ ...crash, heapFull: true })).toBe('ran out of memory')
    expect(describeExit({ ...crash, code: 9, reason: 'killed', asked: true })).toBe('did not respond')
    expect(describeExit({ ...crash, code: null, reason: null })).not.toContain('null')
  })

  it('says what came back', () => {
    const all = restartedSentence('crashed', dataset, work())
    expect(all).toBe('The training process crashed and was restarted: "iris.csv" is open with your settings as before.')
    expect(all).not.toContain('/home')
    expect(restartedSentence('crashed', { what: 'nothing' }, null)).toContain('nothing is lost')
    const two = restartedSentence('crashed', dataset, work(noRun, '/home/a.csv', '/home/b.csv'))
    expect(two).toContain('"a.csv + b.csv" is open')
  })

  it('says where a run goes on', () => {
    const told = restartedSentence('ran out of memory', { what: 'dataset', run: progress, why: null }, work(running))
    expect(told).toContain('training of "iris, two layers" goes on from its last checkpoint, in epoch 12 at step 345')
    expectOneSentence(told)
    const paused = restartedSentence(
      'crashed',
      { what: 'dataset', run: { ...progress, status: 'paused' }, why: null },
      work({ ...running, status: 'paused' })
    )
    expect(paused).toContain('can go on from its last checkpoint')
    const start = { ...progress, epoch: 0, step: 0 }
    expect(restartedSentence('crashed', { what: 'dataset', run: start, why: null }, work(running))).toContain(
      'goes on from its beginning'
    )
  })

  it('says what became of a run that does not go on', () => {
    const unsaved = work({ ...running, name: null, unsaved: true })
    expect(restartedSentence('crashed', dataset, unsaved)).toContain('the run that was in memory is lost')
    const done = work({ ...running, status: 'completed' })
    expect(restartedSentence('crashed', dataset, done)).toMatch(/the finished run is kept as "iris-1"\.$/)
    const failed: Restored = { what: 'dataset', run: null, why: 'The disk is full.' }
    const told = restartedSentence('crashed', failed, work(running))
    expect(told).toMatch(/could not go on \(The disk is full\); it is kept as "iris-1"/)
    expectOneSentence(told)
  })

  it('says that nothing is open when the file is gone, or the process died over it', () => {
    const gone = restartedSentence('crashed', { what: 'failed', why: 'The file is not there.' }, work(running))
    expect(gone).toContain('(The file is not there)')
    expect(gone).toContain('can be resumed; please open a dataset.')
    expectOneSentence(gone)
    expect(restartedSentence('crashed', { what: 'nothing' }, work())).toContain('could not be opened again')
  })

  it('says what to do when it stays away', () => {
    expect(goneSentence('crashed', 3, 10, noRun)).toMatch(/3 times in 10 minutes.*untouched; close and open/)
    expect(goneSentence('crashed', 3, 10, running)).toMatch(/kept as "iris-1".*can be resumed; close and open/)
  })
})
