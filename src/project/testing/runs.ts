/** Runs trained for tests. */
import type { Table } from '../../data'
import type { LossName, Task } from '../../engine'
import type { Setup } from '../../shared/setup'
import { openExperiment } from '../experiment'
import type { Run } from '../record'
import { madeSetup, madeTable } from './tables'

/** Trains to the end. */
export async function trainedRun(table: Table, setup: Setup): Promise<Run> {
  const experiment = openExperiment(table, setup)
  for await (const _event of experiment.training.events()) {
    // Pulling an event is what trains.
  }
  experiment.training.close()
  return experiment.finish('completed')
}

export function madeRun(task: Task, loss: LossName, activation?: string): Promise<Run> {
  return trainedRun(madeTable(task), madeSetup(task, loss, activation))
}
