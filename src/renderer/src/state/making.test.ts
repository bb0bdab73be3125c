import { describe, expect, it } from 'vitest'
import { looksLikeTable } from './making.svelte'

describe('looksLikeTable', () => {
  it.each(['a,b\n1,2', 'a\tb\r\n1\t2\r\n', '\nx;y\n1;2'])('sees one in %j', (text) => {
    expect(looksLikeTable(text)).toBe(true)
  })

  it.each(['', 'hello', 'a,b', 'one\ntwo', 'a,b\nplain'])('sees none in %j', (text) => {
    expect(looksLikeTable(text)).toBe(false)
  })
})
