import { describe, expect, it } from 'vitest'
import { partNamed, partsAmong } from './part-names'

describe('names of parts', () => {
  it.each([
    ['train', 'train'],
    ['Training', 'train'],
    ['iris_train.csv', 'train'],
    ['X-test.parquet', 'test'],
    ['VAL', 'validation'],
    ['dev.jsonl', 'validation'],
    ['valid', 'validation'],
    ['t10k-images-idx3-ubyte.gz', 'test'],
    ['test/data.csv', 'test'],
    ['trained', null],
    ['contest.csv', null],
    ['train_test_split.csv', null],
    ['', null]
  ])('%j speaks of %j', (name, part) => {
    expect(partNamed(name)).toBe(part)
  })

  it('are told apart', () => {
    expect(partsAmong(['train', 'dev', 'val', 'test', 'x'])).toEqual({ validation: ['dev', 'val'], test: ['test'] })
  })
})
