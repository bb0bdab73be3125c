/** The trainer is killed in the middle of what it may be doing: the studio says so, and goes on as if it had not begun. */
import { epochNumber, fill, goTo, transport } from './support/actions'
import { alerts, iris, openFile, requirePid, train } from './support/hazards'
import { expect, test } from './support/launch'

/** What is asked right before. */
const deeds = {
  fork: () => void window.studio.forkTraining(2),
  'step by an epoch': () => void window.studio.stepTraining('epoch'),
  'rate test': () => void window.studio.testRates(),
  finish: () => void window.studio.stopTraining(),
  again: async () => {
    const runs = await window.studio.listRuns()
    if (runs.ok) void window.studio.trainAgain(runs.value[0]?.name ?? '')
  },
  restore: async () => {
    await window.studio.stopTraining()
    const runs = await window.studio.listRuns()
    const names = runs.ok ? runs.value.map(({ name }) => name) : []
    await window.studio.deleteRuns(names)
    void window.studio.restoreRuns(names)
  }
} as const

for (const [deed, ask] of Object.entries(deeds)) {
  test(`the trainer is killed in the middle of: ${deed}. The studio says so, lists every run, and trains`, async ({
    studio
  }) => {
    const { page } = studio
    await train(studio)
    await transport(page, 'Pause').click()
    await expect(transport(page, 'Resume')).toBeEnabled()
    const pid = await requirePid(studio)
    await page.evaluate(ask)
    process.kill(pid, 'SIGKILL')
    await expect(alerts(page).first()).toContainText(/was restarted: "iris\.csv" is open/)
    expect(await requirePid(studio)).not.toBe(pid)
    const listed = await page.evaluate(async () => {
      const runs = await window.studio.listRuns()
      return runs.ok
        ? runs.value.map(({ status, error }) => `${status} ${error?.code ?? ''}`.trim())
        : [runs.error.code]
    })
    for (const run of listed) expect(run).toMatch(/^(?:running|paused|interrupted|stopped|completed)$/)
    // What was under way is over, and nothing shows that it is not.
    expect(await page.evaluate(() => window.studio.resetTraining())).toMatchObject({
      ok: true,
      value: { run: null, rateTest: null }
    })
    expect(await page.evaluate(() => window.studio.startTraining())).toMatchObject({ ok: true })
    await expect.poll(() => epochNumber(page)).toBeGreaterThan(1)
  })
}

test('the trainer is killed while a remedy is tried: the run is kept, and the remedy can be tried again', async ({
  studio
}) => {
  const { page } = studio
  await openFile(studio, iris)
  await goTo(page, 'Train')
  await page.getByLabel('Optimizer', { exact: true }).selectOption('sgd')
  await fill(page, 'Learning rate', '1000')
  await fill(page, 'Epochs', '100000')
  await transport(page, 'Train').click()
  // It diverges at once, so what the doctor says stays.
  const finding = page.getByRole('article', { name: 'Learning rate too high' })
  await expect(finding).toBeVisible()
  const pid = await requirePid(studio)
  // Answered once the trial has begun.
  expect(await page.evaluate(() => window.studio.tryRemedy('rate-too-high'))).toMatchObject({ ok: true })
  process.kill(pid, 'SIGKILL')
  await expect(alerts(page).filter({ hasText: 'was restarted' })).toContainText(
    /"iris\.csv" is open with your settings as before; the finished run is kept as "iris-/
  )
  expect(await requirePid(studio)).not.toBe(pid)
  await expect(page.getByRole('progressbar', { name: 'The remedy is being tried' })).toHaveCount(0)
  await transport(page, 'Train').click()
  await finding.getByRole('button', { name: 'Try it' }).click()
  await expect(finding.getByRole('button', { name: 'Try again' })).toBeVisible()
})
