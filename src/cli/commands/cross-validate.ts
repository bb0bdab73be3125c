import { SingleBar } from 'cli-progress'
import { metricsFor } from '../../engine/catalog'
import { crossValidate, type CrossValidation, type Spread } from '../../project'
import { targetsOf, type Setup } from '../../shared/setup'
import type { Output } from '../output'
import type { CommandContext } from '../program'
import { tableText } from '../table'
import { namesText, shortNumber } from '../text'
import type { TrainFlags } from '../train-flags'
import { readTrainingSetup, tableNotices } from '../training-setup'

/**
 * Trains a network for each fold and says how well each does; nothing is kept.
 * @throws StudioError of reading, preparing and training; Cancelled when the signal aborts
 */
export async function crossValidateCommand(
  file: string,
  flags: TrainFlags,
  folds: number,
  { output, signal }: CommandContext
): Promise<void> {
  const { table, setup, options, withModel } = await readTrainingSetup(file, flags, signal)
  const bar = output.terminal ? progressBar() : null
  bar?.start(folds * setup.epochs, 0, { fold: 1, folds })
  try {
    const result = await crossValidate(table, setup, folds, {
      ...options,
      signal,
      onProgress: ({ fold, epoch }) => bar?.update((fold - 1) * setup.epochs + epoch, { fold, folds }),
      onFold: (each) => (output.json ? output.line(JSON.stringify({ type: 'fold', ...each })) : undefined)
    }).catch((thrown: unknown) =>
      withModel((): never => {
        throw thrown
      })
    )
    bar?.stop()
    output.notices([...tableNotices(table, flags, setup), ...result.notices])
    if (output.json) await output.line(JSON.stringify(summaryOf(result)))
    else await writeTable(output, setup, result)
  } finally {
    bar?.stop()
  }
}

function progressBar(): SingleBar {
  return new SingleBar({
    format: 'Fold {fold} of {folds} {bar} {percentage} %  {eta_formatted} left',
    barCompleteChar: '━',
    barIncompleteChar: '─',
    barsize: 24,
    clearOnComplete: true
  })
}

function summaryOf({ folds, testRows, validationLoss, metrics }: CrossValidation): object {
  return { type: 'summary', folds: folds.length, testRows, validationLoss, metrics }
}

async function writeTable(output: Output, setup: Setup, result: CrossValidation): Promise<void> {
  const { folds, testRows, validationLoss, metrics } = result
  const measured = metricsFor(setup.task).filter(({ name }) => Object.hasOwn(metrics, name))
  const aside = testRows === 0 ? '' : `; ${testRows} rows are kept aside for the test`
  await output.line(`${namesText(targetsOf(setup))}: ${setup.task}, ${folds.length} folds${aside}`)
  const head = ['Fold', 'Trained on', 'Judged on', 'Epochs', ...measured.map(({ label }) => label), 'Loss']
  const rows = folds.map((fold) => [
    ...[fold.fold, fold.trainRows, fold.validationRows, fold.epochs].map(String),
    ...measured.map(({ name }) => shown(fold.metrics[name] ?? null)),
    shown(fold.validationLoss)
  ])
  const spreads = [...measured.map(({ name }) => metrics[name]), validationLoss]
  const last = ['Mean ± standard deviation', '', '', '', ...spreads.map(spreadText)]
  await output.line(tableText(head, [...rows, last]))
}

function spreadText(spread: Spread | undefined): string {
  const { mean = null, std = null } = spread ?? {}
  return mean === null || std === null ? shown(null) : `${shown(mean)} ± ${shortNumber(Number(std.toPrecision(2)))}`
}

function shown(value: number | null): string {
  return value === null ? 'not finite' : shortNumber(value)
}
