/** Numbers and times as people read them. One place, so that every view writes them alike. */
import { metricSpecs } from '../../../engine/catalog'

/** "4.1 s", "1 min 05 s", "2 h 03 min". */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return '–'
  const seconds = ms / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes} min ${pad(whole % 60)} s`
  const hours = Math.floor(minutes / 60)
  return `${hours} h ${pad(minutes % 60)} min`
}

function pad(value: number): string {
  return String(value).padStart(2, '0')
}

/** A measured number with four significant digits, as legends and tables show it: "0.0412", "12.35", "3.1e-7". */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞'
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size >= 1e6 || size < 1e-4) return value.toExponential(2).replace('e+', 'e').replace('-', '−')
  const decimals = Math.max(0, Math.min(6, 3 - Math.floor(Math.log10(size))))
  return value.toFixed(decimals).replace('-', '−')
}

/** A share of 1 as a percentage with one decimal: "96.7 %". */
export function formatPercent(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–'
  const percent = value * 100
  return `${Number.isInteger(percent) ? percent : percent.toFixed(1)} %`
}

/** A metric's value as its spec says; a name that is not in the registry is written as a plain number. */
export function formatMetric(name: string, value: number | null | undefined): string {
  return metricSpecs.find((metric) => metric.name === name)?.unit === 'share'
    ? formatPercent(value)
    : formatNumber(value)
}

/** A whole number with thin gaps between thousands: "12 345". */
export function formatCount(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, '\u202f')
}

/** An amount of memory in few characters: "64 B", "1.5 kB", "12 MB", "3.2 GB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`
  const units = ['kB', 'MB', 'GB', 'TB']
  let value = bytes / 1000
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${short(value)} ${units[unit] ?? ''}`
}

/** A rate in few characters: "2.8 M", "45 k", "850". */
export function formatRate(value: number): string {
  if (value >= 9.995e8) return `${(value / 1e9).toPrecision(2)} G`
  if (value >= 9.995e5) return `${short(value / 1e6)} M`
  if (value >= 9995) return `${short(value / 1e3)} k`
  return formatCount(value)
}

function short(value: number): string {
  return value < 9.95 ? value.toFixed(1) : value.toFixed(0)
}

/** The time of day in this place: "14:03:27". */
export function formatClock(timeMs: number): string {
  return new Date(timeMs).toLocaleTimeString('en-GB', { hour12: false })
}

/** How long ago, roughly: "just now", "5 min ago", "yesterday", "12 Mar 2026". */
export function formatAgo(isoTime: string, nowMs: number): string {
  const then = Date.parse(isoTime)
  if (Number.isNaN(then)) return ''
  const minutes = Math.floor((nowMs - then) / 60_000)
  // A clock that was put back makes times that are still to come.
  if (minutes < -1) return date(then)
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${minutes} min ago`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return `${hours} h ago`
  const days = Math.floor(hours / 24)
  if (days === 1) return 'yesterday'
  if (days < 7) return `${days} days ago`
  return date(then)
}

function date(time: number): string {
  return new Date(time).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
}

/** "1 row", "12 rows". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** The file's name without its ending, as the project is called. */
export function projectName(fileName: string): string {
  return fileName.replace(/\.[^.]*$/, '') || fileName
}
