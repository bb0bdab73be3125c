/**
 * Parcels that nobody ever sent: 100,000 rows of a courier's year with the mistakes that real tables have, each planted on
 * purpose, so that the honesty check can be seen at work.
 *
 * A parcel is late with the chance σ(s), s rising with distance, weight, winter and the hour it was ordered, falling for
 * express: about one in twelve. That much can be learned. Planted:
 *
 * - `refund_eur` is paid after the parcel was late: it knows the answer (leak);
 * - parcels of the warehouse Nord are weighed in grams, all others in kilograms (unit jump);
 * - 30 distances have slipped by three digits (outliers);
 * - `rating` is missing more often where the parcel was late (missing not at random);
 * - 500 rows stand in the file twice (duplicates);
 * - `parcel_id` names rows, `country` is the same everywhere;
 * - late parcels are rare (imbalance), and rows follow one another in time (time order).
 */
import { permutation, RandomStream } from '../../src/engine/random/stream'

export const PARCELS = 100_000
const TWICE = 500
const SLIPPED = 30

export const parcelColumns = [
  'parcel_id',
  'ordered_at',
  'warehouse',
  'country',
  'express',
  'weight',
  'distance_km',
  'temperature_c',
  'rating',
  'refund_eur',
  'late'
] as const

type Cell = string | number | null

const warehouses = ['Nord', 'Ost', 'Süd', 'West'] as const
const START = Date.UTC(2024, 0, 1)
const YEAR = 366 * 86_400_000

export function parcels(): Cell[][] {
  const random = new RandomStream(1, 'parcels')
  const made = PARCELS - TWICE
  const slipped = new Set(permutation(1, 'slipped', 0, made).subarray(0, SLIPPED))
  const rows = Array.from({ length: made }, (_, i) => parcel(i, (i + random.uniform()) / made, slipped.has(i), random))
  const twice = new Set(permutation(1, 'twice', 0, made).subarray(0, TWICE))
  return rows.flatMap((row, i) => (twice.has(i) ? [row, row] : [row]))
}

/** @param share how much of the year has passed */
function parcel(index: number, share: number, hasSlipped: boolean, random: RandomStream): Cell[] {
  const at = new Date(START + Math.floor((share * YEAR) / 60_000) * 60_000)
  const hour = at.getUTCHours()
  const warehouse = warehouses[random.below(warehouses.length)] ?? 'West'
  const express = random.uniform() < 0.3
  const kilograms = 0.6 * 15 ** random.uniform()
  const kilometres = Math.min(900, 20 + 60 * Math.exp(0.9 * random.normal()))
  const degrees = 11 - 11 * Math.cos(2 * Math.PI * (share - 0.04)) + 4 * random.normal()
  const score =
    -5.2 +
    0.011 * kilometres +
    0.16 * kilograms -
    (express ? 1.6 : 0) +
    (degrees < 2 ? 1.5 : 0) +
    (hour >= 15 ? 1.2 : 0) +
    (warehouse === 'Ost' ? 0.8 : 0)
  const late = random.uniform() < 1 / (1 + Math.exp(-score))
  const rated = random.uniform() < (late ? 0.35 : 0.7)
  const stars = Math.round(Math.max(1, Math.min(5, (late ? 3.4 : 4.1) + 1.2 * random.normal())))
  const refund = late && random.uniform() < 0.96 ? (express ? 9.9 : 4.9) : 0
  return [
    `P${String(index + 1).padStart(6, '0')}`,
    at.toISOString().slice(0, 16).replace('T', ' '),
    warehouse,
    'DE',
    express ? 'yes' : 'no',
    Number((warehouse === 'Nord' ? 1000 * kilograms : kilograms).toFixed(warehouse === 'Nord' ? 0 : 2)),
    Number((hasSlipped ? 1000 * kilometres : kilometres).toFixed(1)),
    Number(degrees.toFixed(1)),
    rated ? stars : null,
    refund,
    late ? 'yes' : 'no'
  ]
}
