import { describe, expect, it } from 'vitest'
import { keyCommand, type KeyPress } from './keys'

const press = (key: string, held: Partial<KeyPress> = { ctrlKey: true }): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...held
})

describe('keyCommand', () => {
  it.each([
    ['o', { type: 'open' }],
    ['Enter', { type: 'train' }],
    ['.', { type: 'step' }],
    ['z', { type: 'undo' }],
    ['y', { type: 'redo' }],
    ['1', { type: 'stage', stage: 'data' }],
    ['6', { type: 'stage', stage: 'export' }],
    ['7', null],
    ['k', null]
  ])('Ctrl+%s', (key, command) => expect(keyCommand(press(key), false, false)).toEqual(command))

  it('takes a whole epoch with Shift, whatever Shift makes of a full stop', () => {
    for (const key of ['.', '>', ':']) {
      const held = { ctrlKey: true, shiftKey: true, code: 'Period' }
      expect(keyCommand(press(key, held), false, false)).toEqual({ type: 'epoch' })
    }
    expect(keyCommand(press('O', { ctrlKey: true, shiftKey: true, code: 'KeyO' }), false, false)).toBeNull()
  })

  it('redoes with Shift', () => {
    expect(keyCommand(press('Z', { ctrlKey: true, shiftKey: true }), false, false)).toEqual({ type: 'redo' })
  })

  it('leaves undo and redo to text fields, but not the rest', () => {
    expect(keyCommand(press('z'), true, false)).toBeNull()
    expect(keyCommand(press('y'), true, false)).toBeNull()
    expect(keyCommand(press('Enter'), true, false)).toEqual({ type: 'train' })
  })

  it('takes Cmd on a Mac and Ctrl elsewhere', () => {
    expect(keyCommand(press('o', { metaKey: true }), false, true)).toEqual({ type: 'open' })
    expect(keyCommand(press('o', { metaKey: true }), false, false)).toBeNull()
    expect(keyCommand(press('o'), false, true)).toBeNull()
  })

  it('is not woken by plain keys or with Alt', () => {
    expect(keyCommand(press('Enter', {}), false, false)).toBeNull()
    expect(keyCommand(press('1', { ctrlKey: true, altKey: true }), false, false)).toBeNull()
    expect(keyCommand(press('F1', {}), true, false)).toEqual({ type: 'help' })
  })
})
