/** The numbers that planner and kernels share are the same in both. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { chainCodes } from './chain-table'
import { BLOCK } from './chain'
import { CROSS_ENTROPY_SCRATCH_BYTES, instructionCodes, markBits, MATMUL_SCRATCH_BYTES } from './tape'
import { RESULTS_AT_ONCE } from './winograd'

const source = (name: string) => readFileSync(new URL(`../kernels/${name}.ts`, import.meta.url), 'utf8')

/** `export const LOG_SOFTMAX: i32 = 6` → logSoftmax: 6 */
function constantsOf(name: string): Record<string, number> {
  const found = [...source(name).matchAll(/^(?:export )?const ([A-Z0-9_]+): i32 = (\d+)$/gm)]
  const camelCase = (text: string) =>
    text.toLowerCase().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  return Object.fromEntries(found.map(([, key = '', value]) => [camelCase(key), Number(value)]))
}

it('knows instructions and operations by the same numbers as the kernels', () => {
  expect(constantsOf('codes')).toEqual(instructionCodes)
  expect(constantsOf('chain-codes')).toEqual(chainCodes)
  const { shared, meet } = constantsOf('share')
  expect({ shared, meet }).toEqual(markBits)
})

it('reserves what the kernels use', () => {
  expect(constantsOf('chain')['block']).toBe(BLOCK)
  const { innerBlock = NaN, rowBlock = NaN, columnBlock = NaN } = constantsOf('matmul')
  expect(MATMUL_SCRATCH_BYTES).toBe(4 * innerBlock * (columnBlock + rowBlock))
  const { narrow = NaN } = constantsOf('cross-entropy')
  expect(CROSS_ENTROPY_SCRATCH_BYTES).toBe(16 * narrow)
  expect(constantsOf('winograd')['resultsAtOnce']).toBe(RESULTS_AT_ONCE)
})
