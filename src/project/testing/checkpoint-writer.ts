/** Writes checkpoints until it is killed: a process of its own for `checkpoint.test.ts`. */
import { pruneCheckpoints, writeCheckpoint } from '../checkpoint'
import { madeCheckpoint } from './checkpoints'

const [folder = '', from = '1', numbers = '200000'] = process.argv.slice(2)
for (let step = Number(from); ; step++) {
  await writeCheckpoint(folder, madeCheckpoint(step, Number(numbers)))
  process.stdout.write(`${String(step)}\n`)
  await pruneCheckpoints(folder)
}
