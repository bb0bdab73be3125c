/** Gradients of the run in view, and the experiments with them beside it. */
import { FlowLook, flowSentence } from '../engine'
import { tableOfBench } from '../project'
import type { Bench } from '../shared/bench'
import type { DepthChoice, DepthExperimentView, FlowView, LabChoice, LossLabView } from '../shared/gradient-views'
import { nothingFound, tryDepth, type DepthFound } from './depthExperiment'
import type { LiveStream } from './liveStream'
import { nothingTried, tryLosses, type LabFound } from './lossLab'
import type { OpenData } from './openData'
import { PictureTurns } from './pictureTurns'
import type { RunRequests } from './runRequests'
import { SideTraining } from './sideTraining'

export class GradientRequests {
  private readonly turns: PictureTurns
  private readonly depth: SideTraining<DepthFound>
  private readonly losses: SideTraining<LabFound>
  /** Of the run that was asked for last: what it is looked at with costs more than the look. */
  private looking: { readonly key: string; readonly look: FlowLook } | null = null

  constructor(
    live: LiveStream,
    private readonly data: OpenData,
    private readonly runs: RunRequests
  ) {
    const isTraining = () => runs.isTraining
    this.turns = new PictureTurns(isTraining)
    this.depth = new SideTraining('an experiment with depth', (view) => live.depthExperiment(view), isTraining)
    this.losses = new SideTraining('a comparison of losses', (view) => live.lossLab(view), isTraining)
  }

  get depthView(): DepthExperimentView | null {
    return this.depth.view
  }

  get labView(): LossLabView | null {
    return this.losses.view
  }

  /** Null before the first run. @throws ConfigError `unknown-moment` */
  flow(epoch: number | null): Promise<FlowView | null> {
    const run = this.runs.current
    if (run === null) return Promise.resolve(null)
    // The weights of now are taken when it is this picture's turn.
    return this.turns.run(
      () => (epoch === null ? Promise.resolve(null) : run.moments.at(epoch)),
      async (past) => {
        const { experiment } = run
        const moment = past ?? (await run.moments.at(null))
        const { trainOptions, id } = experiment
        const key = JSON.stringify([
          id,
          trainOptions.loss,
          trainOptions.lossConfig,
          trainOptions.classWeights,
          trainOptions.batchSize
        ])
        if (this.looking?.key !== key) this.looking = { key, look: new FlowLook(trainOptions) }
        const { look } = this.looking
        const flow = look.look(moment.parameters)
        const place = { runId: id, epoch: moment.epoch, step: moment.step, rows: look.rows }
        return { ...flow, ...place, sentence: flowSentence(flow.layers) }
      }
    )
  }

  /** @param bench whose rows and setup it is tried on; the open dataset where it is null */
  tryDepth(choice: DepthChoice, bench: Bench | null): DepthExperimentView {
    const { table, setup } = bench === null ? this.data.require() : { table: tableOfBench(bench), setup: bench.setup }
    const began = nothingFound(choice, bench === null ? 'dataset' : 'bench')
    return this.depth.start(began, (hands) => tryDepth(table, setup, began, hands))
  }

  cancelDepth(): null {
    return this.depth.cancel()
  }

  tryLosses(choice: LabChoice): LossLabView {
    const { table, setup } = this.data.require()
    return this.losses.start(nothingTried(setup, choice), (hands) => tryLosses(table, setup, choice, hands))
  }

  cancelLosses(): null {
    return this.losses.cancel()
  }

  /** Another dataset is open, or none. */
  forget(): void {
    this.depth.forget()
    this.losses.forget()
    this.looking = null
  }
}
