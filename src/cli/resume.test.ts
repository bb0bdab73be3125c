import { createHash } from 'node:crypto'
import type { ChildProcess } from 'node:child_process'
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { callCli, irisFile, jsonLines, runCli, startCli, temporaryFolder } from './testing'

const timeoutMs = 120_000
let folder = ''
let remove = () => Promise.resolve()
beforeEach(async () => {
  ;({ folder, remove } = await temporaryFolder())
})
afterEach(() => remove())

const train = (out: string, epochs: number, file = irisFile) => [
  ...['train', file, '--target', 'species', '--layers', '12,8', '--batch-size', '4', '--seed', '5'],
  ...['--epochs', String(epochs), '--out', out, '--json']
]

async function weightsSha(run: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path.join(folder, run, 'weights.safetensors')))
    .digest('hex')
}

/** Resolves once that epoch was told. */
function epochTold(child: ChildProcess, epoch: number): Promise<void> {
  let text = ''
  return new Promise((resolve) => {
    child.stdout?.on('data', (chunk: string) => {
      text += chunk
      if (text.includes(`"epoch":${epoch},`)) resolve()
    })
  })
}

async function endAt(args: readonly string[], epoch: number, signal: NodeJS.Signals) {
  const { process: child, result } = startCli(args, folder)
  await epochTold(child, epoch)
  child.kill(signal)
  return result
}

describe('a run that is interrupted', () => {
  it(
    'goes on after SIGINT, SIGTERM and SIGKILL, and ends with the bits of a run that never was',
    async () => {
      const epochs = 4000
      const whole = runCli(train('whole', epochs), folder)
      const stopped = await endAt(train('parts', epochs), 500, 'SIGINT')
      expect(stopped.status).toBe(130)
      expect(stopped.stderr).toMatch(
        /^error cancelled: Interrupted at step \d+, with \d+ of 4000 epochs ended\. A checkpoint was written\. Go on with: npm run --silent cli -- resume parts\n$/
      )
      const told = jsonLines(stopped.stdout)
      const [, step, epoch] = (/at step (\d+), with (\d+) of/.exec(stopped.stderr) ?? []).map(Number)
      expect(told.at(-1)).toEqual({ type: 'interrupted', run: 'parts', step, checkpointStep: step })
      expect(step).toBeGreaterThanOrEqual(500 * 30)

      const unfinished = await runCli(['predict', 'parts', irisFile], folder)
      expect(unfinished.status).toBe(2)
      expect(unfinished.stderr).toMatch(/^error run-unfinished: .* resume "parts".*\n$/)
      const listed = await runCli(['runs', '.', '--json'], folder)
      const statusOf = (text: string) =>
        jsonLines(text).find((run) => (run as { name: string }).name === 'parts') as Record<string, unknown>
      expect(statusOf(listed.stdout)).toMatchObject({
        status: 'interrupted',
        steps: step,
        resumable: true,
        error: null
      })

      const ended = await endAt(['resume', 'parts', '--json'], 1500, 'SIGTERM')
      expect(ended.status).toBe(130)
      const [start, first] = jsonLines(ended.stdout)
      expect(start).toMatchObject({
        type: 'start',
        task: 'multi-class',
        resumed: { step, epoch }
      })
      expect(first).toMatchObject({ type: 'epoch', epoch: Number(epoch) + 1 })

      const { process: child, result } = startCli(['resume', 'parts', '--json'], folder)
      await epochTold(child, 2500)
      child.kill('SIGSTOP')
      expect(statusOf((await runCli(['runs', '.', '--json'], folder)).stdout)).toMatchObject({ status: 'running' })
      child.kill('SIGKILL')
      expect((await result).status).toBeNull()

      const last = await runCli(['resume', 'parts', '--json'], folder)
      expect(last.status).toBe(0)
      expect(jsonLines(last.stdout).at(-1)).toMatchObject({ type: 'done', run: 'parts' })
      expect((await whole).status).toBe(0)
      expect(await weightsSha('parts')).toBe(await weightsSha('whole'))
      const epochsOf = async (run: string) =>
        jsonLines(await readFile(path.join(folder, run, 'metrics.ndjson'), 'utf8')).map((line) => {
          return { ...(line as object), elapsedMs: 0 }
        })
      expect(await epochsOf('parts')).toEqual(await epochsOf('whole'))
      expect((await runCli(['predict', 'parts', irisFile, '--json'], folder)).status).toBe(0)
    },
    timeoutMs
  )

  it(
    'begins anew after SIGKILL before its first timed checkpoint, with the same bits',
    async () => {
      const killed = await endAt(train('killed', 600), 100, 'SIGKILL')
      expect(killed.status).toBeNull()
      expect((await runCli(['resume', 'killed', '--json'], folder)).status).toBe(0)
      expect((await callCli(train(path.join(folder, 'whole'), 600))).status).toBe(0)
      expect(await weightsSha('killed')).toBe(await weightsSha('whole'))
    },
    timeoutMs
  )

  it(
    'ends at once at the second signal',
    async () => {
      const { process: child, result } = startCli(train('twice', 1_000_000), folder)
      await epochTold(child, 10)
      child.kill('SIGINT')
      child.kill('SIGINT')
      const { status } = await result
      expect([130, null]).toContain(status)
      expect(await readdir(folder)).toEqual(['twice'])
    },
    timeoutMs
  )
})

describe('a disk that takes no more', () => {
  it(
    'is told while training goes on; the run is kept elsewhere, and ends in its place once there is room',
    async () => {
      const { result } = startCli(train('full', 2000), folder, 'ulimit -f 100; trap "" XFSZ')
      const { status, stdout, stderr } = await result
      expect(status).toBe(2)
      const told = jsonLines(stdout).filter((line) => (line as { type: string }).type === 'kept')
      expect(told[0]).toEqual({
        ...{ type: 'kept', checkpointStep: 0 },
        problem: { code: 'file-too-large', message: expect.stringMatching(/(events|timeline)\.log/) as string }
      })
      expect(stderr).toMatch(/^error file-too-large: .* ended in its own place: npm run --silent cli -- resume full\n$/)
      const again = await runCli(['resume', 'full', '--json'], folder)
      expect(again.status).toBe(0)
      expect((await callCli(train(path.join(folder, 'whole'), 2000))).status).toBe(0)
      expect(await weightsSha('full')).toBe(await weightsSha('whole'))
      expect((await readdir(path.join(folder, 'full'))).filter((name) => name.startsWith('.'))).toEqual([])
      const elsewhere = /kept in "([^"]+)"/.exec(stderr)?.[1]
      if (elsewhere !== undefined) await rm(path.resolve(folder, elsewhere), { recursive: true })
    },
    timeoutMs
  )
})

describe('a reader', () => {
  it('that is a file on a full disk costs its lines, and no training', async ({ skip }) => {
    if (process.platform !== 'linux') skip('there is no /dev/full')
    const { status, stderr } = await startCli(train('run', 3), folder, 'exec > /dev/full').result
    expect(stderr).toMatch(/^error output-lost: Not all that was to be told could be written \(ENOSPC\)\. .*\n$/)
    expect(status).toBe(2)
    expect(await readdir(path.join(folder, 'run'))).toContain('run.json')
  })

  it('of long lines hears nothing but the result', async () => {
    const rows = Array.from({ length: 20 }, (_, i) => `run-${String(i)}`)
    for (const name of rows) {
      await mkdir(path.join(folder, name))
      await writeFile(path.join(folder, name, 'run.json'), '{}')
      const notes = { formatVersion: 1, notes: 'x'.repeat(200_000) }
      await writeFile(path.join(folder, name, 'notes.json'), JSON.stringify(notes))
    }
    const { status, stdout, stderr } = await runCli(['runs', '.', '--json'], folder)
    expect(status).toBe(0)
    expect(jsonLines(stdout)).toHaveLength(rows.length)
    expect(stderr.split('\n').filter((line) => line !== '' && !line.startsWith('notice run-damaged: '))).toEqual([])
  })
})

describe('resume', () => {
  it('trains a run that has ended to more epochs, as if they had been planned', async () => {
    const run = path.join(folder, 'short')
    expect((await callCli(train(run, 4))).status).toBe(0)
    const over = await callCli(['resume', run])
    expect([over.status, over.stdout]).toEqual([2, ''])
    expect(over.stderr).toMatch(/^error run-ended: .* has ended, after 4 epochs\. .*--epochs\.\n$/)
    expect((await callCli(['resume', run, '--epochs', '4'])).stderr).toMatch(/^error usage: --epochs must be more than/)
    expect((await callCli(['resume', run, '--epochs', '1.5'])).stderr).toMatch(/^error usage: --epochs must be a whole/)
    const more = await callCli(['resume', run, '--epochs', '9'])
    expect(more.status).toBe(0)
    expect(more.stdout.split('\n').slice(1, 3)).toEqual([
      'resumed after step 120, with 4 epochs ended',
      expect.stringMatching(/^epoch 5\/9 /)
    ])
    expect((await callCli(train(path.join(folder, 'long'), 9))).status).toBe(0)
    expect(await weightsSha('short')).toBe(await weightsSha('long'))
  })

  it('takes the data from where it is now, and no other data', async () => {
    const data = path.join(folder, 'iris.csv')
    await copyFile(irisFile, data)
    const run = path.join(folder, 'run')
    expect((await callCli(train(run, 2, data))).status).toBe(0)
    const more = ['resume', run, '--epochs', '3', '--json']
    await rm(data)
    const gone = await callCli(more)
    expect([gone.status, gone.stdout]).toEqual([2, ''])
    expect(gone.stderr).toMatch(/^error file-not-found: .*"iris\.csv".*--data\.\n$/)
    await writeFile(data, (await readFile(irisFile, 'utf8')).replace('5.1', '5.2'))
    expect((await callCli([...more, '--data', data])).stderr).toMatch(/^error data-changed: /)
    expect((await callCli([...more, '--data', irisFile])).status).toBe(0)
  })

  it('judges the network on the rows kept aside, as train does, and changes nothing where there are none', async () => {
    const run = path.join(folder, 'run')
    expect((await callCli([...train(run, 2), '--test', '0.2'])).status).toBe(0)
    const judged = await callCli(['resume', run, '--epochs', '3', '--evaluate-test', '--json'])
    expect(judged.status).toBe(0)
    expect(jsonLines(judged.stdout).slice(-2)).toMatchObject([{ type: 'test', rows: 30 }, { type: 'done' }])
    const without = path.join(folder, 'without')
    expect((await callCli(train(without, 2))).status).toBe(0)
    const record = await readFile(path.join(without, 'run.json'))
    const refused = await callCli(['resume', without, '--epochs', '3', '--evaluate-test'])
    expect([refused.status, refused.stdout]).toEqual([2, ''])
    expect(refused.stderr).toMatch(/^error usage: --evaluate-test: no rows are kept aside/)
    expect(await readFile(path.join(without, 'run.json'))).toEqual(record)
    expect(await readdir(without)).not.toContain('lock')
  })

  it('says of a run that diverged what to do instead', async () => {
    const run = path.join(folder, 'run')
    expect((await callCli([...train(run, 3), '--learning-rate', '1e30'])).stderr).toMatch(/^error diverged: /)
    const { status, stderr } = await callCli(['resume', run])
    expect(status).toBe(2)
    expect(stderr).toMatch(/^error run-ended: .* diverged after 0 epochs and would again: .*lower learning rate\.\n$/)
  })

  it('says what is no run', async () => {
    await mkdir(path.join(folder, 'empty'))
    expect((await callCli(['resume', path.join(folder, 'empty')])).stderr).toMatch(/^error plan-missing: /)
    expect((await callCli(['resume', path.join(folder, 'nowhere')])).stderr).toMatch(/^error run-not-found: /)
  })
})

describe('runs', () => {
  it('lists runs, the newest first, and names damaged ones', async () => {
    for (const name of ['first', 'second']) expect((await callCli(train(path.join(folder, name), 2))).status).toBe(0)
    await mkdir(path.join(folder, 'broken'))
    await writeFile(path.join(folder, 'broken/run.json'), '{')
    const plain = await callCli(['runs', folder])
    expect(plain.status).toBe(0)
    expect(plain.stderr).toMatch(/^notice run-damaged: .*broken.*\n$/)
    expect(plain.stdout.split('\n')).toEqual([
      'name\tstatus\tepochs\tbest validation loss\tmetric\tdata\tstarted',
      expect.stringMatching(/^second\tcompleted\t2\/2\t[\d.]+\taccuracy [\d.]+\tiris\.csv\t\d{4}-\d\d-\d\d [\d:]+Z$/),
      expect.stringMatching(/^first\tcompleted\t2\/2\t/),
      expect.stringMatching(/^broken\tdamaged\t0\/0\t\t\t\t$/),
      ''
    ])
    const json = jsonLines((await callCli(['runs', folder, '--json'])).stdout)
    expect(json).toMatchObject([
      { type: 'run', name: 'second', title: 'second', weightsSha256: await weightsSha('second'), error: null },
      { name: 'first', settings: expect.arrayContaining([{ key: 'seed', label: 'Seed', value: '5' }]) as unknown },
      { name: 'broken', error: { code: 'run-damaged' } }
    ])
    expect((await callCli(['runs', path.join(folder, 'nowhere')])).stderr).toMatch(/^error folder-not-found: /)
  })
})
