/** What the tests of hazards have in common: a run that trains, its process, and what the window says of them. */
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { epochNumber, fill, goTo, transport } from './actions'
import { answerOpenDialog, expect, repository, trainerPid, type Studio } from './launch'

export const iris = path.join(repository, 'resources', 'samples', 'iris.csv')

export async function openFile({ app, page }: Studio, file: string): Promise<void> {
  await answerOpenDialog(app, file)
  await page.getByRole('button', { name: 'Open dataset…' }).first().click()
  await expect.poll(() => page.title()).toBe(`Backprop Studio – ${path.parse(file).name}`)
}

/** Trains iris for longer than any test takes, or to an end. */
export async function train(studio: Studio, epochs = 100_000): Promise<void> {
  const { page } = studio
  await openFile(studio, iris)
  await goTo(page, 'Train')
  await fill(page, 'Epochs', String(epochs))
  await transport(page, 'Train').click()
  await expect.poll(() => epochNumber(page)).toBeGreaterThan(3)
}

export async function requirePid({ app }: Studio): Promise<number> {
  await expect.poll(() => trainerPid(app)).not.toBeNull()
  return (await trainerPid(app)) ?? -1
}

/** Names of all checkpoints of all runs. */
export async function checkpoints({ userData }: Studio): Promise<string[]> {
  const files = await readdir(path.join(userData, 'runs'), { recursive: true }).catch(() => [])
  return files.filter((file) => file.endsWith('.ckpt')).sort()
}

export function alerts(page: Page): Locator {
  return page.getByRole('alert')
}
