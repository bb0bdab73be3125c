/** The learning-rate range test of the open dataset: one at a time, in turns with everything else. */
import type { Table } from '../data'
import { rateRangeTest, suggestRate, type RatePoint } from '../engine'
import { openExperiment } from '../project'
import { ConfigError } from '../shared/errors'
import type { RateTestView } from '../shared/run-views'
import type { Setup } from '../shared/setup'
import { SideTraining, type SideHands, type SideViewOf } from './sideTraining'

type Found = Omit<RateTestView, 'state' | 'error'>

const nothingFound: Found = { rates: [], losses: [], suggestion: null, sentence: null }

export class RateTesting {
  private readonly side: SideTraining<Found>

  /**
   * @param tell told where it stands; null when there is none any more
   * @param isTraining whether the run in view trains: it goes first
   */
  constructor(tell: (view: RateTestView | null) => void, isTraining: () => boolean) {
    this.side = new SideTraining('a test of rates', (view) => tell(viewOf(view)), isTraining)
  }

  get view(): RateTestView | null {
    return viewOf(this.side.view)
  }

  /**
   * Answers at once; what is found out is told.
   * @throws ConfigError `rate-test-in-progress`
   */
  start(table: Table, setup: Setup): RateTestView {
    if (this.side.isUnderWay) {
      throw new ConfigError(
        'rate-test-in-progress',
        'A test of rates is in progress. Cancel it before you begin another.'
      )
    }
    return viewOf(this.side.start(nothingFound, (hands) => testRates(table, setup, hands)))
  }

  /** Ends it, if it is under way; what it has found stays in view. */
  cancel(): null {
    return this.side.cancel()
  }

  /** Another dataset is open, or none. */
  forget(): void {
    this.side.forget()
  }
}

async function testRates(table: Table, setup: Setup, { found, turn }: SideHands<Found>): Promise<void> {
  const experiment = openExperiment(table, setup)
  // The test trains by itself, and tells nobody of its threads.
  experiment.training.close()
  const points: RatePoint[] = []
  const soFar = (): Found => ({
    ...nothingFound,
    rates: points.map(({ rate }) => rate),
    losses: points.map(({ loss }) => loss)
  })
  for (const point of rateRangeTest(experiment.trainOptions)) {
    points.push(point)
    found(soFar())
    await turn()
  }
  const { rate, sentence } = suggestRate(points)
  found({ ...soFar(), suggestion: rate, sentence })
}

function viewOf(view: SideViewOf<Found>): RateTestView
function viewOf(view: SideViewOf<Found> | null): RateTestView | null
/** A test that waits for the run in view is shown as one that runs. */
function viewOf(view: SideViewOf<Found> | null): RateTestView | null {
  return view === null ? null : { ...view, state: view.state === 'waiting' ? 'running' : view.state }
}
