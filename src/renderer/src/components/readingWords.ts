/** How far the reading of a file is, in words. */
import type { ReadingView } from '../../../shared/views'
import { formatBytes, formatRate, plural } from '../state/format'

/** From 0 to 1; null while nothing can be said. */
export function readShare({ bytes, totalBytes }: ReadingView): number | null {
  if (bytes === null || totalBytes === null || totalBytes <= 0) return null
  return Math.min(1, Math.max(0, bytes / totalBytes))
}

/** `310 000 rows · 410 k rows/s · 38 % of 62 MB`, as far as it is known. */
export function readingText(reading: ReadingView): string {
  const share = readShare(reading)
  if (share === null) return 'Looking at the file…'
  const { rows, rowsPerSecond, totalBytes } = reading
  if (share === 1) return `${rows > 0 ? `${plural(rows, 'row')} read · ` : ''}looking at the columns…`
  const part = `${Math.floor(100 * share)} % of ${formatBytes(totalBytes ?? 0)}`
  if (rows === 0) return part
  const rate = rowsPerSecond === null ? [] : [`${formatRate(rowsPerSecond)} rows/s`]
  return [plural(rows, 'row'), ...rate, part].join(' · ')
}
