/** The flags that make windows of rows that follow one another in time. */
import type { Command } from 'commander'
import { MAX_HORIZON, MAX_WINDOW_STEPS, type WindowSetting } from '../shared/column-setting'
import { usageError } from './failure'
import { readNumber } from './field-flags'

export function addWindowOptions(command: Command): void {
  command
    .option('--window <rows>', 'predict from so many rows that follow one another, the targets’ own past among them')
    .option(
      '--horizon <rows>',
      'rows ahead that are predicted; 0: the answer of the last row, which the network is not shown then (default: 1)'
    )
    .option(
      '--time <column>',
      'column of numbers or dates that the rows are in order of (default: the order of the file)'
    )
    .option('--series <column>', 'column that tells several series apart (default: all rows are one)')
}

/** @throws ConfigError `usage` */
export function readWindow(options: Readonly<Record<string, unknown>>): WindowSetting | undefined {
  const { window, horizon, time, series } = options
  if (window === undefined) {
    const alone = ['horizon', 'time', 'series'].find((key) => options[key] !== undefined)
    if (alone === undefined) return undefined
    throw usageError(`--${alone} needs --window, the number of rows that one prediction is made from`)
  }
  return {
    steps: whole('--window', window, 1, MAX_WINDOW_STEPS),
    horizon: horizon === undefined ? 1 : whole('--horizon', horizon, 0, MAX_HORIZON),
    time: typeof time === 'string' ? time : null,
    series: typeof series === 'string' ? series : null
  }
}

function whole(flag: string, given: unknown, min: number, max: number): number {
  const number = readNumber(String(given))
  if (number !== null && Number.isInteger(number) && number >= min && number <= max) return number
  throw usageError(`${flag} must be a whole number from ${min} to ${max}, got ${JSON.stringify(given)}`)
}
