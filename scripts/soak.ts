/**
 * Trains a run that is killed (SIGKILL) again and again until it is done, and compares it with one that was never
 * interrupted: `npm run soak -- --kills 200`.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { isDeepStrictEqual, parseArgs } from 'node:util'
import { RandomStream } from '../src/engine'
import { soak } from '../src/project/testing/soak'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    epochs: { type: 'string', default: '400' },
    seed: { type: 'string', default: '1' }
  }
})
const [kills, epochs, seed] = [values.kills, values.epochs, values.seed].map(Number)
if (kills === undefined || epochs === undefined || seed === undefined || !(kills >= 0 && epochs >= 1 && seed >= 0)) {
  throw new Error('--kills, --epochs and --seed take whole numbers')
}
const stream = new RandomStream(seed, 'soak')
const folder = await mkdtemp(join(tmpdir(), 'studio-soak-'))
const kernels = resolve(import.meta.dirname, '../resources/kernels')
const start = performance.now()
try {
  const soaked = await soak(
    { folder, kernels, epochs },
    kills,
    () => stream.uniform(),
    (count) => {
      if (count % 20 === 0) console.log(`${count} kills`)
    }
  )
  const same = isDeepStrictEqual(soaked.outcome, soaked.expected)
  console.log(`never interrupted: ${JSON.stringify(soaked.expected)}`)
  console.log(`killed ${soaked.kills} times: ${JSON.stringify(soaked.outcome)}`)
  console.log(`${same ? 'the same' : 'NOT THE SAME'}, after ${((performance.now() - start) / 1000).toFixed(0)} s`)
  if (!same) process.exitCode = 1
} finally {
  await rm(folder, { recursive: true, force: true })
}
