import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MIN_HEIGHT, MIN_WIDTH, readWindowState, startBounds, writeWindowState } from './window-state'

const screen = { x: 0, y: 0, width: 1920, height: 1080 }
const left = { x: 120, y: 80, width: 1200, height: 800, maximized: false }

describe('a window starts', () => {
  it('at the default size the first time', () => {
    expect(startBounds(null, [screen])).toEqual({ width: 1440, height: 900 })
  })
  it('no larger than a small screen, no smaller than the least size', () => {
    expect(startBounds(null, [{ ...screen, width: 1280, height: 720 }])).toEqual({ width: 1280, height: 720 })
    expect(startBounds(null, [{ ...screen, width: 640, height: 480 }])).toEqual({
      width: MIN_WIDTH,
      height: MIN_HEIGHT
    })
    expect(startBounds(null, [])).toEqual({ width: 1440, height: 900 })
  })
  it('where it was left', () => {
    expect(startBounds(left, [screen])).toEqual({ x: 120, y: 80, width: 1200, height: 800 })
  })
  it('on a screen that is there', () => {
    const second = { ...left, x: 2500 }
    expect(startBounds(second, [screen])).toEqual({ width: 1440, height: 900 })
    expect(startBounds(second, [screen, { ...screen, x: 1920 }])).toMatchObject({ x: 2500 })
    expect(startBounds({ ...left, y: -500 }, [screen])).toEqual({ width: 1440, height: 900 })
    expect(startBounds({ ...left, x: 1900 }, [screen])).toEqual({ width: 1440, height: 900 })
  })
})

describe('its state', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'studio-window-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('is read as it was written', async () => {
    const file = path.join(folder, 'window.json')
    await writeWindowState(file, left)
    expect(await readWindowState(file)).toMatchObject(left)
  })
  it.each([
    '',
    '[]',
    '{"formatVersion":1,"x":"0"}',
    '{"formatVersion":1,"x":1e99,"y":0,"width":1,"height":1,"maximized":false}'
  ])('is ignored when it reads %s', async (text) => {
    const file = path.join(folder, 'damaged.json')
    await writeFile(file, text)
    expect(await readWindowState(file)).toBeNull()
  })
})
