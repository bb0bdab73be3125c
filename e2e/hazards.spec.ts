/** What may go wrong while a network trains: nothing is lost, and one sentence says what happened and what came back. */
import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from '@playwright/test'
import type { BaseWindow, MessageBoxOptions } from 'electron'
import { epochNumber, fill, goTo, transport } from './support/actions'
import { alerts, checkpoints, iris, openFile, requirePid, train } from './support/hazards'
import {
  answerOpenDialog,
  expect,
  launchStudio,
  test,
  trainerPid,
  type LaunchOptions,
  type Studio
} from './support/launch'

/** The computer is about to sleep, and wakes up: a checkpoint is written. */
async function sleepAndWake(studio: Studio): Promise<void> {
  const before = (await checkpoints(studio)).at(-1)
  await studio.app.evaluate(({ powerMonitor }) => powerMonitor.emit('suspend'))
  await expect.poll(async () => (await checkpoints(studio)).at(-1)).not.toBe(before)
  await studio.app.evaluate(({ powerMonitor }) => powerMonitor.emit('resume'))
}

/** The questions of the system's dialog are answered so, and counted. */
async function answerQuestions({ app }: Studio, answer: 'Quit' | 'Cancel'): Promise<() => Promise<number>> {
  await app.evaluate(({ dialog }, chosen) => {
    Object.assign(globalThis, { questions: 0 })
    dialog.showMessageBox = (_window: BaseWindow | MessageBoxOptions, options?: MessageBoxOptions) => {
      const buttons = options?.buttons ?? []
      Object.assign(globalThis, { questions: Number(Reflect.get(globalThis, 'questions')) + 1 })
      return Promise.resolve({ response: buttons.indexOf(chosen), checkboxChecked: false })
    }
  }, answer)
  return () => app.evaluate((): number => Number(Reflect.get(globalThis, 'questions')))
}

function offer(page: Page) {
  return page.getByRole('region', { name: 'Where you left off' })
}

async function killMain({ app }: Studio): Promise<void> {
  const exited = new Promise((resolve) => app.process().once('exit', resolve))
  app.process().kill('SIGKILL')
  await exited
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Two studios, one after the other, with the same user folder. */
async function twice(
  first: (studio: Studio) => Promise<void>,
  second: (studio: Studio) => Promise<void>,
  options: LaunchOptions = {}
): Promise<void> {
  const userData = await mkdtemp(path.join(tmpdir(), 'backprop-studio-e2e-'))
  try {
    await first(await launchStudio({ ...options, userData }))
    const studio = await launchStudio({ ...options, userData })
    await second(studio)
    await studio.close()
  } finally {
    await rm(userData, { recursive: true, force: true, maxRetries: 5 })
  }
}

test.describe('the trainer', () => {
  test('is killed: training goes on from the checkpoint, and the weights at the end are those of an undisturbed run', async ({
    studio
  }) => {
    const { page } = studio
    await train(studio, 16000)
    await sleepAndWake(studio)
    const pid = await requirePid(studio)
    process.kill(pid, 'SIGKILL')
    await expect(alerts(page)).toContainText(
      /ended from outside the studio \(signal 9\) and was restarted: "iris\.csv" is open.*goes on from its last checkpoint, in epoch \d+ at step \d+\./
    )
    expect(await requirePid(studio)).not.toBe(pid)
    await expect(page.getByLabel('Epochs', { exact: true })).toHaveValue('16000')
    await expect(transport(page, 'Train')).toBeVisible({ timeout: 45_000 })
    await transport(page, 'Reset').click()
    await transport(page, 'Train').click()
    const hashes = async (): Promise<readonly (string | null)[]> => {
      const runs = await page.evaluate(() => window.studio.listRuns())
      return runs.ok ? runs.value.map(({ weightsSha256 }) => weightsSha256) : []
    }
    await expect.poll(async () => (await hashes()).filter((hash) => hash !== null).length, { timeout: 45_000 }).toBe(2)
    const [one, other] = await hashes()
    expect(one).toBe(other)
  })

  test('is killed while the run is paused: the run waits', async ({ studio }) => {
    const { page } = studio
    await train(studio)
    await transport(page, 'Pause').click()
    await expect(transport(page, 'Resume')).toBeVisible()
    // The first checkpoint is of the beginning; that of the pause is written while the window shows it already.
    await expect.poll(async () => (await checkpoints(studio)).length).toBeGreaterThan(1)
    const epoch = await epochNumber(page)
    process.kill(await requirePid(studio), 'SIGKILL')
    await expect(alerts(page)).toContainText(/can go on from its last checkpoint/)
    await expect(transport(page, 'Resume')).toBeEnabled()
    expect(await epochNumber(page)).toBe(epoch)
    await transport(page, 'Resume').click()
    await expect.poll(() => epochNumber(page)).toBeGreaterThan(epoch)
  })

  test('keeps dying: it stays away, and the run waits for the next start', async () => {
    await twice(
      async (studio) => {
        const { app, page } = studio
        await train(studio)
        await sleepAndWake(studio)
        for (const death of [1, 2, 3]) {
          const pid = await requirePid(studio)
          process.kill(pid, 'SIGKILL')
          await expect.poll(() => trainerPid(app), `after death ${death}`).not.toBe(pid)
          await expect(alerts(page).last()).toContainText('goes on from its last checkpoint')
          // The message before looks the same: only a run that goes on has been restored.
          await requirePid(studio)
          const epoch = await epochNumber(page)
          await expect.poll(() => epochNumber(page)).not.toBe(epoch)
        }
        process.kill(await requirePid(studio), 'SIGKILL')
        await expect(alerts(page).last()).toContainText(/restarted 3 times.*is kept as ".+" up to its last checkpoint/)
        await answerQuestions(studio, 'Cancel')
        const exited = new Promise((resolve) => app.process().once('exit', resolve))
        // Nothing trains any more.
        await app.evaluate(({ app: electron }) => electron.quit())
        await exited
      },
      async ({ page }) => {
        await offer(page).getByRole('button', { name: 'Go on' }).click()
        await expect(transport(page, 'Resume')).toBeEnabled()
      }
    )
  })

  test('stops to respond: that is told, taken back when it speaks again, and it can be restarted', async ({
    studio
  }) => {
    const { page } = studio
    await train(studio)
    await sleepAndWake(studio)
    const pid = await requirePid(studio)
    process.kill(pid, 'SIGSTOP')
    await expect(alerts(page)).toContainText('has not responded for 10 seconds', { timeout: 20_000 })
    await expect(page.getByRole('button', { name: 'Restart training process' })).toBeVisible()
    process.kill(pid, 'SIGCONT')
    await expect(alerts(page)).toHaveCount(0)
    const epoch = await epochNumber(page)
    await expect.poll(() => epochNumber(page)).toBeGreaterThan(epoch)
    process.kill(pid, 'SIGSTOP')
    expect(await page.evaluate(() => window.studio.restartTrainer())).toEqual({ ok: true, value: null })
    await expect(alerts(page)).toContainText(/did not respond and was restarted.*goes on from its last checkpoint/)
    expect(isAlive(pid)).toBe(false)
    await expect.poll(() => epochNumber(page)).toBeGreaterThan(3)
  })
})

test.describe('out of memory', () => {
  test.use({ studioOptions: { args: ['--trainer-memory=100'] } })

  test('the trainer says so, and goes on from its checkpoint', async ({ studio }) => {
    const { app, page, userData } = studio
    await train(studio)
    await sleepAndWake(studio)
    // Every cell is a text of its own, which the heap has to hold.
    const file = path.join(userData, 'large.csv')
    const large = await open(file, 'w')
    await large.write('text,y\n')
    for (let block = 0; block < 100; block++) {
      const lines = Array.from({ length: 20_000 }, (_value, row) => `word ${block} ${row} ${'x'.repeat(40)},${row % 2}`)
      await large.write(`${lines.join('\n')}\n`)
    }
    await large.close()
    await answerOpenDialog(app, file)
    void page.evaluate(() => window.studio.openDatasetDialog()).catch(() => undefined)
    await expect(alerts(page).first()).toContainText(
      /ran out of memory and was restarted: "iris\.csv" is open.*goes on from its last checkpoint/,
      { timeout: 45_000 }
    )
    const epoch = await epochNumber(page)
    await expect.poll(() => epochNumber(page)).toBeGreaterThan(epoch)
  })
})

test.describe('the studio', () => {
  test('is killed in mid-training: the trainer ends with it, and the next start brings back run and edits', async () => {
    let epoch = 0
    await twice(
      async (studio) => {
        const { page, userData } = studio
        await train(studio)
        await sleepAndWake(studio)
        epoch = await epochNumber(page)
        await fill(page, 'Batch size', '37')
        const session = path.join(userData, 'session.json')
        await expect.poll(() => readFile(session, 'utf8').catch(() => '')).toContain('"batchSize": 37')
        const trainer = await requirePid(studio)
        await killMain(studio)
        await expect.poll(() => isAlive(trainer), { timeout: 3000 }).toBe(false)
      },
      async ({ page }) => {
        await expect(offer(page)).toContainText(/iris\.csv.*not closed properly.*trained/)
        await offer(page).getByRole('button', { name: 'Go on' }).click()
        // It waits: whoever starts the studio again decides what it works on.
        await expect(transport(page, 'Resume')).toBeEnabled()
        await expect(alerts(page)).toHaveCount(0)
        expect(await epochNumber(page)).toBeGreaterThan(3)
        await expect(page.getByLabel('Batch size', { exact: true })).toHaveValue('37')
        await transport(page, 'Resume').click()
        await expect.poll(() => epochNumber(page)).toBeGreaterThan(epoch)
      }
    )
  })

  test('is killed with edits that nobody has trained: the next start brings them back', async () => {
    await twice(
      async (studio) => {
        await openFile(studio, iris)
        await goTo(studio.page, 'Train')
        await fill(studio.page, 'Epochs', '77')
        const session = path.join(studio.userData, 'session.json')
        await expect.poll(() => readFile(session, 'utf8').catch(() => '')).toContain('"epochs": 77')
        await killMain(studio)
      },
      async ({ page }) => {
        await offer(page).getByRole('button', { name: 'Go on' }).click()
        await goTo(page, 'Train')
        await expect(page.getByLabel('Epochs', { exact: true })).toHaveValue('77')
        await expect(transport(page, 'Train')).toBeEnabled()
      }
    )
  })

  test('asks once before it is closed in mid-training, keeps the run, and offers it next time', async () => {
    let epoch = 0
    await twice(
      async (studio) => {
        const { app, page } = studio
        await train(studio)
        const asked = await answerQuestions(studio, 'Cancel')
        await app.evaluate(({ app: electron }) => electron.quit())
        await expect.poll(asked).toBe(1)
        await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
        await expect.poll(asked).toBe(2)
        epoch = await epochNumber(page)
        await expect.poll(() => epochNumber(page)).toBeGreaterThan(epoch)
        await answerQuestions(studio, 'Quit')
        const trainer = await requirePid(studio)
        const exited = new Promise((resolve) => app.process().once('exit', resolve))
        epoch = await epochNumber(page)
        await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
        await exited
        expect(isAlive(trainer)).toBe(false)
      },
      async ({ page }) => {
        await expect(offer(page)).toContainText(/iris\.csv.*closed just now.*trained/)
        await offer(page).getByRole('button', { name: 'Go on' }).click()
        await expect(transport(page, 'Resume')).toBeEnabled()
        expect(await epochNumber(page)).toBeGreaterThanOrEqual(epoch)
      }
    )
  })

  test('asks nothing when nothing trains', async () => {
    await twice(
      async (studio) => {
        await openFile(studio, iris)
        await answerQuestions(studio, 'Cancel')
        const exited = new Promise((resolve) => studio.app.process().once('exit', resolve))
        await studio.app.evaluate(({ app: electron }) => electron.quit())
        await exited
      },
      async ({ page }) => {
        await expect(offer(page)).toContainText('iris.csv')
        await offer(page).getByRole('button', { name: 'Forget' }).click()
        await expect(offer(page)).toHaveCount(0)
        await page.reload()
        await expect(page.getByRole('button', { name: 'Open dataset…' })).toBeVisible()
        await expect(offer(page)).toHaveCount(0)
      }
    )
  })

  test('is told by a signal to end: it asks nothing, and keeps the run', async () => {
    await twice(
      async (studio) => {
        await train(studio)
        const exited = new Promise((resolve) => studio.app.process().once('exit', resolve))
        studio.app.process().kill('SIGTERM')
        await exited
        expect(await readFile(path.join(studio.userData, 'session.json'), 'utf8')).toContain('"closed": true')
      },
      async ({ page }) => {
        await offer(page).getByRole('button', { name: 'Go on' }).click()
        await expect(transport(page, 'Resume')).toBeEnabled()
      }
    )
  })
})

test.describe('the work of last time', () => {
  test('whose file is missing is not forgotten', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'backprop-studio-data-'))
    const file = path.join(folder, 'moved.csv')
    const text = await readFile(iris)
    const write = async (): Promise<void> => {
      const handle = await open(file, 'w')
      await handle.write(text)
      await handle.close()
    }
    await write()
    try {
      await twice(
        async (studio) => {
          await answerOpenDialog(studio.app, file)
          await studio.page.getByRole('button', { name: 'Open dataset…' }).first().click()
          await expect.poll(() => studio.page.title()).toBe('Backprop Studio – moved')
          await studio.close()
          await rm(file)
        },
        async ({ page }) => {
          await offer(page).getByRole('button', { name: 'Go on' }).click()
          await expect(alerts(page)).toContainText('"moved.csv" is not where it was')
          await expect(alerts(page)).not.toContainText(folder)
          await write()
          await offer(page).getByRole('button', { name: 'Go on' }).click()
          await expect.poll(() => page.title()).toBe('Backprop Studio – moved')
        }
      )
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})

test('a page that crashes in mid-training finds the run when it is loaded again', async ({ studio }) => {
  const { app } = studio
  await train(studio)
  const pid = await requirePid(studio)
  const before = await epochNumber(studio.page)
  await app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    contents?.once('did-finish-load', () => Object.assign(globalThis, { loadedAgain: true }))
    contents?.forcefullyCrashRenderer()
  })
  await expect.poll(() => app.evaluate((): unknown => Reflect.get(globalThis, 'loadedAgain'))).toBe(true)
  const epoch = (): Promise<number> =>
    app.evaluate(async ({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      const text: unknown = await contents?.executeJavaScript(
        'document.querySelector("[role=status][aria-label=Epoch]")?.innerText ?? ""'
      )
      return Number(/Epoch\s+([\d\s,]+?)\s+of/.exec(String(text))?.[1]?.replace(/\D/g, '') ?? 0)
    })
  await expect.poll(epoch).toBeGreaterThan(before)
  expect(await requirePid(studio)).toBe(pid)
})

test('while a network trains the computer stays awake and the taskbar shows how far it is', async ({ studio }) => {
  const { app, page } = studio
  await app.evaluate(({ BrowserWindow, powerSaveBlocker }) => {
    const blockers: number[] = []
    const shares: number[] = []
    Object.assign(globalThis, { blockers, shares })
    const start = powerSaveBlocker.start.bind(powerSaveBlocker)
    powerSaveBlocker.start = (type) => {
      const id = start(type)
      blockers.push(id)
      return id
    }
    const [window] = BrowserWindow.getAllWindows()
    if (window !== undefined) window.setProgressBar = (share) => void shares.push(share)
  })
  const awake = () =>
    app.evaluate(({ powerSaveBlocker }) => {
      const blockers: unknown = Reflect.get(globalThis, 'blockers')
      return Array.isArray(blockers) && blockers.some((id) => powerSaveBlocker.isStarted(Number(id)))
    })
  const share = () =>
    app.evaluate(() => {
      const shares: unknown = Reflect.get(globalThis, 'shares')
      return Array.isArray(shares) ? Number(shares.at(-1)) : Number.NaN
    })
  await train(studio)
  await expect.poll(awake).toBe(true)
  await expect.poll(share).toBeGreaterThanOrEqual(0)
  await transport(page, 'Pause').click()
  await expect.poll(awake).toBe(false)
  expect(await share()).toBeGreaterThanOrEqual(0)
  // A click that comes before the answer to the one before is left aside.
  expect(await page.evaluate(() => window.studio.stopTraining())).toMatchObject({ ok: true })
  await expect.poll(share).toBe(-1)
})

test.describe('the system', () => {
  test('ends the session of Windows: a checkpoint is written as it asks, and all is kept as it ends', async () => {
    let epoch = 0
    await twice(
      async (studio) => {
        const { app, page, userData } = studio
        await train(studio)
        const before = (await checkpoints(studio)).at(-1)
        const tell = (event: string) =>
          app.evaluate(({ BrowserWindow }, name) => {
            BrowserWindow.getAllWindows()[0]?.emit(name, { preventDefault: () => undefined, reasons: [] })
          }, event)
        await tell('query-session-end')
        await expect.poll(async () => (await checkpoints(studio)).at(-1)).not.toBe(before)
        // Somebody may take it back: it trains on.
        epoch = await epochNumber(page)
        await expect.poll(() => epochNumber(page)).toBeGreaterThan(epoch)
        await answerQuestions(studio, 'Cancel')
        const exited = new Promise((resolve) => app.process().once('exit', resolve))
        await tell('session-end')
        await exited
        expect(await readFile(path.join(userData, 'session.json'), 'utf8')).toContain('"closed": true')
      },
      async ({ page }) => {
        await offer(page).getByRole('button', { name: 'Go on' }).click()
        await expect(transport(page, 'Resume')).toBeEnabled()
        expect(await epochNumber(page)).toBeGreaterThanOrEqual(epoch)
      }
    )
  })
})

test('the page is loaded again during a rate test, time travel and a comparison: each is there or over', async ({
  studio
}) => {
  const { page } = studio
  await train(studio, 400)
  await expect(transport(page, 'Train')).toBeVisible({ timeout: 45_000 })
  const reload = async (during: () => unknown): Promise<void> => {
    await page.evaluate(during)
    await page.reload()
    await expect.poll(() => epochNumber(page)).toBe(400)
  }
  await reload(() => void window.studio.testRates())
  await expect.poll(() => page.evaluate(async () => (await window.studio.testRates()).ok)).toBe(true)
  await reload(() => {
    for (let epoch = 0; epoch < 400; epoch += 5) {
      void window.studio.evaluateRun('validation', epoch)
      void window.studio.runWeights(epoch)
    }
  })
  await reload(async () => {
    const runs = await window.studio.listRuns()
    const name = runs.ok ? (runs.value[0]?.name ?? '') : ''
    for (let time = 0; time < 20; time += 1) void window.studio.compareRuns(name, name)
  })
  await expect(alerts(page)).toHaveCount(0)
  expect(await page.evaluate(() => window.studio.runWeights(3))).toMatchObject({ ok: true })
})
