import { expect, it } from 'vitest'
import { RestartBudget, WINDOW_MS } from './restarts'

it('allows three restarts in ten minutes, each after a longer wait', () => {
  let time = 5
  const budget = new RestartBudget(() => time)
  const waits = [budget.take(), budget.take(), budget.take()]
  expect(waits.every((wait, index) => wait !== null && wait > (waits[index - 1] ?? 0))).toBe(true)
  expect(budget.take()).toBeNull()
  time += WINDOW_MS - 1
  expect(budget.take()).toBeNull()
  time += 1
  expect(budget.take()).not.toBeNull()
})

it('forgets restarts one by one as they grow old', () => {
  let time = 0
  const budget = new RestartBudget(() => time)
  budget.take()
  time = WINDOW_MS / 2
  budget.take()
  budget.take()
  time = WINDOW_MS
  expect(budget.take()).not.toBeNull()
  expect(budget.take()).toBeNull()
})
