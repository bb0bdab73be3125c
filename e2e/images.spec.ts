/** Images: the sample of digits and a folder of pictures, from the first look to the first epoch. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Transformer } from '@napi-rs/image'
import { fill, goTo, layerItem, transport } from './support/actions'
import { dropFiles, expect, test } from './support/launch'

test('handwritten digits are looked at and learned', async ({ studio: { page } }) => {
  const tile = page.getByRole('button', { name: /^Handwritten Digits/ })
  await expect(tile).toBeVisible()
  await tile.click()
  const images = page.getByRole('list', { name: 'Images of this page' })
  await expect(images.getByRole('listitem')).toHaveCount(60)
  await expect(images.getByText(/^Image 1: \d$/)).toBeAttached()
  await page.getByRole('button', { name: 'Next images' }).click()
  await expect(images.getByText(/^Image 61: \d$/)).toBeAttached()
  await page.getByRole('radio', { name: '7, 1070 images' }).check({ force: true })
  await expect(images.getByText(/^Image [\d,\s]+: 7$/)).toHaveCount(60)
  await expect(page.getByText('1–60 of 1 070')).toBeVisible()

  await goTo(page, 'Model')
  await expect(layerItem(page, 'Input, grey image of 28×28')).toContainText('[N, 1, 28, 28]')
  await goTo(page, 'Train')
  await fill(page, 'Epochs', '1')
  await transport(page, 'Train').click()
  await goTo(page, 'Evaluate')
  const metrics = page.getByRole('list', { name: 'Metrics' })
  const accuracy = async () => Number(/(\d+(?:\.\d+)?)\s*%/.exec(await metrics.innerText())?.[1])
  await expect.poll(accuracy, { timeout: 60_000 }).toBeGreaterThan(90)
})

test('augmentation shows what the network will see', async ({ studio: { page } }) => {
  await page.getByRole('button', { name: /^Handwritten Digits/ }).click()
  await goTo(page, 'Train')
  const shown = page.getByRole('img', { name: '8 training images as the network sees them' })
  const pixels = () =>
    shown.locator('canvas').evaluate((canvas) => canvas instanceof HTMLCanvasElement && canvas.toDataURL())
  await expect(page.getByText('As in the file: nothing is on')).toBeVisible()
  const plain = await pixels()
  await fill(page, 'Rotate', '90')
  await expect(page.getByText('As seen in the first epoch')).toBeVisible()
  await expect.poll(pixels).not.toBe(plain)
  const turned = await pixels()
  await page.getByRole('button', { name: 'Show others' }).click()
  await expect.poll(pixels).not.toBe(turned)
  await fill(page, 'Rotate', '0')
  await expect(page.getByText('As in the file: nothing is on')).toBeVisible()

  // Numbers have nothing to turn.
  await page.getByRole('button', { name: 'Start screen' }).click()
  await page.getByRole('button', { name: /^Iris/ }).click()
  await goTo(page, 'Train')
  await expect(page.getByRole('spinbutton', { name: 'Learning rate' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Augmentation' })).toHaveCount(0)
})

test('a dropped folder of pictures is a dataset', async ({ studio: { page } }) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'studio-pictures-'))
  try {
    for (const [kind, level] of [
      ['dark', 40],
      ['light', 200]
    ] as const) {
      await mkdir(path.join(folder, kind))
      for (let image = 0; image < 8; image++) {
        const pixels = new Uint8Array(16 * 16 * 4).fill(level + image).map((value, at) => (at % 4 === 3 ? 255 : value))
        await writeFile(path.join(folder, kind, `${image}.png`), Transformer.fromRgbaPixels(pixels, 16, 16).pngSync())
      }
    }
    await dropFiles(page, [folder])
    const images = page.getByRole('list', { name: 'Images of this page' })
    await expect(images.getByRole('listitem')).toHaveCount(16)
    await expect(images.getByText('Image 1: dark')).toBeAttached()
    await expect(images.getByText('Image 16: light')).toBeAttached()
    await expect(page.getByRole('combobox', { name: 'Target column' })).toHaveValue('label')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
