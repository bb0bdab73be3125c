/** What a person does, through accessible names alone. */
import { expect, type Locator, type Page } from '@playwright/test'

export type Stage = 'Data' | 'Model' | 'Train' | 'Evaluate' | 'Explain' | 'Export'

export async function goTo(page: Page, stage: Stage): Promise<void> {
  await stageLink(page, stage).click()
  await expect(stageLink(page, stage)).toHaveAttribute('aria-current', /.+/)
}

export function stageLink(page: Page, stage: Stage): Locator {
  return page.getByRole('link', { name: stage, exact: true }).or(page.getByRole('tab', { name: stage, exact: true }))
}

export function transport(page: Page, name: 'Reset' | 'Train' | 'Pause' | 'Resume' | 'Step' | 'Stop'): Locator {
  return page.getByRole('button', { name, exact: true })
}

export function epochCounter(page: Page): Locator {
  return page.getByRole('status', { name: 'Epoch' })
}

/** The epoch that the counter shows. */
export async function epochNumber(page: Page): Promise<number> {
  const text = await epochCounter(page).innerText()
  const match = /Epoch\s+(\d[\d,]*)\s+of/.exec(text)
  if (match?.[1] === undefined) throw new Error(`no epoch in "${text}"`)
  return Number(match[1].replaceAll(',', ''))
}

/** A layer of this type is added after the selected one. */
export async function addLayer(page: Page, type: string): Promise<void> {
  await page.getByRole('button', { name: 'Choose layer type' }).click()
  await expect(page.getByRole('searchbox', { name: 'Search layer types' })).toBeFocused()
  await page.getByRole('button', { name: `Add ${type}`, exact: true }).click()
}

/** The item of a layer, by the beginning of its name: its type and its own name. */
export function layerItem(page: Page, beginning: string): Locator {
  return page.getByRole('list', { name: 'Layers' }).getByRole('listitem', { name: new RegExp(`^${beginning}`) })
}

/** Shows a layer in the inspector. */
export async function selectLayer(page: Page, beginning: string): Promise<void> {
  await layerItem(page, beginning)
    .getByRole('button', { name: /^Select / })
    .click()
}

/** A labelled number field gets a new value, as by typing. */
export async function fill(page: Page, label: string, value: string): Promise<void> {
  const field = page.getByLabel(label, { exact: true })
  await field.fill(value)
  await field.blur()
}
