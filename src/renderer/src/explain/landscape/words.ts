/** What a landscape is told in, as sentences and as tables. */
import type { BarrierView, LandscapeGround, LandscapeView } from '../../../../shared/landscape-views'
import { formatCount, formatDuration, formatNumber, formatPercent, plural } from '../../state/format'
import { lowestPlace, type Landscape } from './grid'

/** How far it is. */
export function progressText({ state, done, total, ground, elapsedMs, error }: LandscapeView): string {
  switch (state) {
    case 'preparing':
      return 'Reading the path of the run…'
    case 'running':
      return `${formatCount(done)} of ${formatCount(total)} losses, about ${formatDuration(ground?.expectedMs ?? 0)} of work in all`
    case 'done':
      return `${formatCount(total)} losses in ${formatDuration(elapsedMs)}.`
    case 'cancelled':
      return `Cancelled after ${formatCount(done)} of ${formatCount(total)} losses.`
    case 'failed':
      return error?.message ?? 'It failed.'
  }
}

/** Whose mean the losses are. */
export function rowsText({ rows, ofRows, executor }: LandscapeGround): string {
  const bits = executor === 'wasm' ? '32' : '64'
  const whose =
    rows === ofRows
      ? `all ${formatCount(ofRows)} training rows`
      : rows >= 1000
        ? `${formatCount(rows)} of ${formatCount(ofRows)} training rows: more hardly change the picture`
        : `${formatCount(rows)} of ${formatCount(ofRows)} training rows, so that 41 × 41 places take about 10 s`
  return `Every loss is the mean of ${whose}; without penalties on weights, in ${bits}-bit numbers.`
}

/** What of the path the plane shows. */
export function pathText({ path, moments, explained, travelled }: LandscapeGround): string {
  const [start] = path
  if (start === undefined || path.length < 2) return 'No earlier moment of this run is kept, so there is no path.'
  const shown =
    path.length < moments
      ? `The path has ${path.length} of the run’s ${moments} kept moments`
      : `The path has ${plural(path.length, 'moment')}`
  const off = `its start is ${formatNumber(start.distance)} off the plane, and ${formatNumber(travelled)} away from these weights`
  if (explained === null) return `${shown}; ${off}. A random plane shows little of a path.`
  const [u, v] = explained
  return `${shown}; the plane holds ${percent(u)} of how they vary along α and ${percent(v)} along β; ${off}.`
}

/** Without a line break before its sign. */
function percent(share: number): string {
  return formatPercent(share).replace(' ', '\u00a0')
}

export function planeName({ choice }: LandscapeView): string {
  return choice.plane === 'random' ? 'a random plane' : 'the plane of the path'
}

/** One sentence on what the picture shows. */
export function landscapeSummary({ view, losses }: Landscape): string {
  const { ground, done, total, choice } = view
  if (ground === null || done === 0) return 'No loss is known yet.'
  const { size } = choice
  const lowest = lowestPlace(losses)
  const highest = losses.reduce((most, loss) => (Number.isFinite(loss) && loss > most ? loss : most), -Infinity)
  const middle = losses[(total - 1) / 2]
  const where = `α ${formatNumber(ground.alphas[lowest % size])}, β ${formatNumber(ground.betas[Math.floor(lowest / size)])}`
  const own =
    middle === undefined || Number.isNaN(middle) ? '' : ` At the weights themselves it is ${formatNumber(middle)}.`
  const least =
    lowest < 0
      ? 'no loss is a number'
      : `the loss is between ${formatNumber(losses[lowest])} at ${where} and ${formatNumber(highest)}`
  return `Epoch ${view.epoch}, step ${view.step}: on ${planeName(view)} ${least}.${choice.plane === 'random' ? own : ''} ${pathText(ground)}`
}

interface NumberColumn {
  readonly label: string
  readonly numeric: true
}

type Row = readonly (string | number)[]

/** Rows that are made page by page. */
interface Rows {
  readonly length: number
  slice(from: number, to: number): readonly Row[]
}

function numbers(...labels: readonly string[]): readonly NumberColumn[] {
  return labels.map((label) => ({ label, numeric: true }))
}

const lossColumns = numbers('α', 'β', 'Loss')

/** Every known loss, page by page. */
export function lossTable({ view, losses, known }: Landscape): { columns: readonly NumberColumn[]; rows: Rows } {
  const { ground, choice } = view
  const places = Array.from(known.keys()).filter((place) => known[place] === 1)
  const rowOf = (place: number): Row => [
    formatNumber(ground?.alphas[place % choice.size]),
    formatNumber(ground?.betas[Math.floor(place / choice.size)]),
    lossText(losses[place])
  ]
  return {
    columns: lossColumns,
    rows: { length: places.length, slice: (from, to) => places.slice(from, to).map(rowOf) }
  }
}

export function pathTable({ path }: LandscapeGround): { columns: readonly NumberColumn[]; rows: Row[] } {
  return {
    columns: numbers('Epoch', 'α', 'β', 'Off plane'),
    rows: path.map(({ epoch, alpha, beta, distance }) => [
      epoch,
      formatNumber(alpha),
      formatNumber(beta),
      formatNumber(distance)
    ])
  }
}

/** Every known loss as comma-separated values. */
export function landscapeCsv({ view, losses, known }: Landscape): string {
  const { ground, choice } = view
  const lines = Array.from(known.keys())
    .filter((place) => known[place] === 1)
    .map((place) =>
      [ground?.alphas[place % choice.size], ground?.betas[Math.floor(place / choice.size)], losses[place]].join(',')
    )
  return `${['alpha,beta,loss', ...lines].join('\n')}\n`
}

export function lossText(loss: number | undefined): string {
  return loss === undefined || Number.isNaN(loss) ? 'no number' : formatNumber(loss)
}

/** How far a comparison of minima is. */
export function barrierText({ state, minima, lines, pairs, rows, ofRows, error }: BarrierView): string {
  const ready = minima.filter((each) => each.state === 'ready').length
  const now = minima.find((each) => each.state === 'training')
  switch (state) {
    case 'training':
      return now === undefined
        ? `${ready} of ${minima.length} minima`
        : `Training from ${now.label}: epoch ${now.epoch} of ${now.epochs}; ${ready} of ${minima.length} minima are there`
    case 'waiting':
      return 'It waits for the run in view: pause that to go on now.'
    case 'measuring':
      return `${lines.length} of ${pairs} lines`
    case 'done':
      return `Mean loss of ${rows === ofRows ? `all ${formatCount(ofRows)}` : `${formatCount(rows)} of ${formatCount(ofRows)}`} training rows.`
    case 'cancelled':
      return 'Cancelled.'
    case 'failed':
      return error?.message ?? 'It failed.'
  }
}

/** Share of it that is done, for a bar. */
export function barrierShare({ minima, lines, pairs }: BarrierView): number {
  const shares = minima.map(({ state, epoch, epochs }) =>
    state === 'ready' ? 1 : epochs > 0 && state === 'training' ? epoch / epochs : 0
  )
  const trained = shares.reduce((sum, share) => sum + share, 0) / Math.max(1, minima.length)
  return 0.9 * trained + (pairs === 0 ? 0 : (0.1 * lines.length) / pairs)
}
