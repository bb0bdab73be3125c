import { describe, expect, it } from 'vitest'
import { setupWith } from '../state/testing'
import { acceptanceOf, forkSentence, formatSpread, keptAtText, listed, repeatsText, timeLeftText } from './words'

describe('time left', () => {
  it('is told between its bounds, in one unit', () => {
    expect(formatSpread([40_000, 55_200])).toBe('40–55 s')
    expect(formatSpread([2010, 4490])).toBe('2.0–4.5 s')
    expect(formatSpread([70_000, 95_000])).toBe('1.2–1.6 min')
    expect(formatSpread([3_600_000, 7_200_000])).toBe('1.0–2.0 h')
    expect(formatSpread([0, 20])).toBe('0.0 s')
    expect(formatSpread([12_100, 12_300])).toBe('12 s')
  })

  it('is told without a spread as long as there is none', () => {
    expect(timeLeftText(null, null)).toBe('–')
    expect(timeLeftText(4100, null)).toBe('4.1 s left')
    expect(timeLeftText(4100, [40_000, 55_000])).toBe('40–55 s left')
  })
})

describe('a remedy that is accepted', () => {
  const run = setupWith()
  const lower = {
    label: 'Set the learning rate to 0.01',
    change: { optimizer: { type: 'sgd', config: { learningRate: 0.01, momentum: 0.9 } } }
  }
  const wider = {
    label: 'Make it wider',
    change: { layers: [{ name: 'dense1', type: 'dense', inputs: [], config: { units: 16, activation: 'relu' } }] }
  }

  it('reaches a run that goes on where its settings may change', () => {
    const accepted = acceptanceOf(run, run, lower, 'running')
    expect(accepted.goesOn).toBe(true)
    expect(accepted.sentence).toBe('Accept applies it to this run from the next step on.')
    expect(accepted.setup).toEqual({ ...run, ...lower.change })
  })

  it('says that other settings come with it', () => {
    const accepted = acceptanceOf(run, { ...run, batchSize: 8 }, lower, 'paused')
    expect(accepted.goesOn).toBe(true)
    expect(accepted.sentence).toContain('So do your other changed settings.')
  })

  it('begins another run where it cannot, and says why', () => {
    const accepted = acceptanceOf(run, run, wider, 'running')
    expect(accepted.goesOn).toBe(false)
    expect(accepted.sentence).toBe('Accept starts over with it. Layer 1 cannot change within a run.')
    expect(acceptanceOf(run, run, lower, 'failed').sentence).toBe('Accept starts over with it. This run has ended.')
  })
})

it('advises one change a fork', () => {
  const change = { label: 'Learning rate', before: '0.1', after: '0.05' }
  expect(forkSentence([])).toContain('repeat this run')
  expect(forkSentence([change])).toContain('what differs is that change')
  expect(forkSentence([change, { ...change, label: 'Epochs' }])).toContain('2 settings differ. Change one alone')
})

it('lists names', () => {
  expect([listed([]), listed(['a']), listed(['a', 'b']), listed(['a', 'b', 'c'])]).toEqual([
    '',
    'a',
    'a and b',
    'a, b and c'
  ])
})

it('tells how far a run is on disk', () => {
  const kept = { name: 'x', checkpointStep: 36, problem: null, weightsSha256: null }
  expect(keptAtText(kept, 12)).toBe('saved at epoch 3')
  expect(keptAtText({ ...kept, checkpointStep: 37 }, 12)).toBe('saved in epoch 4')
  expect(keptAtText({ ...kept, checkpointStep: null }, 12)).toBeNull()
  expect(keptAtText({ ...kept, weightsSha256: 'ab' }, 12)).toBe('saved')
})

it('tells whether a run that was trained again is the same', () => {
  expect(repeatsText({ name: 'a', identical: null }, 'a')).toBeNull()
  expect(repeatsText({ name: 'a', identical: true }, 'a')).toContain('bit-identical to those of a')
  expect(repeatsText({ name: 'a', identical: false }, 'a')).toContain('are not those of a')
})
