import { join, resolve, sep } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Pathless } from './pathless'

const runs = resolve('home', 'somebody', 'runs')
const elsewhere = resolve('media', 'somebody')

describe('Pathless', () => {
  it('leaves the names of what lies in a folder, in messages and in details', () => {
    const error = {
      code: 'run-damaged',
      message: `The run "${join(runs, 'iris')}" is damaged: "${join(runs, 'iris', 'run.json')}" in "${runs}".`,
      details: { path: join(runs, 'iris'), line: 3, file: null }
    }
    expect(new Pathless([runs]).error(error)).toEqual({
      code: 'run-damaged',
      message: `The run "iris" is damaged: "${join('iris', 'run.json')}" in "runs".`,
      details: { path: 'iris', line: 3, file: null }
    })
  })

  it('hides the longest first, and knows the paths of the request', () => {
    const pathless = new Pathless([resolve('home', 'somebody'), runs])
    expect(pathless.text(join(runs, 'iris'))).toBe('iris')
    const file = join(elsewhere, 'data.csv')
    expect(pathless.text(file)).toBe(file)
    expect(pathless.with([[file], null, {}]).text(`"${file}" ${join(runs, 'iris')}`)).toBe('"data.csv" iris')
    expect(pathless.with(['csv', 'relative/name.csv']).text('csv relative/name.csv')).toBe('csv relative/name.csv')
    expect(pathless.with('nothing')).toBe(pathless)
  })

  it('leaves the root of a disk alone', () => {
    const root = resolve(sep)
    const file = join(root, 'data.csv')
    expect(new Pathless([]).with([file]).text(`${file} and a/b`)).toBe(`${file} and a/b`)
  })
})
