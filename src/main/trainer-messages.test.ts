import { describe, expect, it } from 'vitest'
import { describeExit, goneSentence, restartedSentence } from './trainer-messages'

describe('what is said when the trainer died', () => {
  it('names the cause', () => {
    expect(describeExit({ code: 9, reason: 'killed' })).toContain('signal 9')
    expect(describeExit({ code: 6, reason: 'crashed' })).toContain('crashed')
    expect(describeExit({ code: 1, reason: null })).toContain('exit code 1')
    expect(describeExit({ code: 5, reason: 'oom' })).toContain('memory')
    expect(describeExit({ code: null, reason: null })).not.toContain('null')
  })

  it('says what came back and what is lost, and no more', () => {
    const files = ['/home/ada/iris.csv']
    const none = { unsaved: false, savedAs: null }
    const lost = { unsaved: true, savedAs: null }
    const all = restartedSentence('crashed', 'everything', { ...none, files })
    expect(all).toContain('"iris.csv" is open')
    expect(all).not.toContain('lost')
    expect(all).not.toContain('/home')
    expect(restartedSentence('crashed', 'everything', { ...lost, files })).toContain('run that was in memory is lost')
    expect(restartedSentence('crashed', 'nothing', { ...none, files: null })).toContain('nothing is lost')
    const kept = restartedSentence('crashed', 'everything', { unsaved: false, savedAs: 'iris-1', files })
    expect(kept).toContain('kept as "iris-1"')
    expect(kept).not.toContain('lost')
    const gone = restartedSentence('crashed', { failed: 'The file is not there.' }, { ...lost, files })
    expect(gone).toContain('The file is not there.')
    expect(gone).toContain('open a dataset')
    expect(restartedSentence('crashed', 'nothing', { ...none, files })).toContain('could not be opened again')
    const two = restartedSentence('crashed', 'everything', { ...none, files: ['/home/a.csv', '/home/b.csv'] })
    expect(two).toContain('"a.csv + b.csv" is open')
  })

  it('says what to do when it stays away', () => {
    expect(goneSentence('crashed', 3, 10)).toMatch(/3 times in 10 minutes.*close and open/)
  })
})
