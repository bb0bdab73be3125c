/** The flags that say how a file is read, alike in every command that reads one. */
import { Option, type Command } from 'commander'
import * as v from 'valibot'
import { encodings, imageFits, MAX_IMAGE_SIDE, readAsSchema, type ReadAs } from '../shared/read-as'
import { usageError } from './failure'

/** Other names of encodings, as people call them. */
const encodingNames: ReadonlyMap<string, string> = new Map([
  ['utf8', 'utf-8'],
  ['utf16le', 'utf-16le'],
  ['utf16be', 'utf-16be'],
  ['latin1', 'windows-1252'],
  ['latin-1', 'windows-1252'],
  ['iso-8859-1', 'windows-1252'],
  ['cp1252', 'windows-1252']
])

const flags = [
  ['delimiter', '--delimiter <character>', 'what stands between two cells: one character, or tab (default: detected)'],
  ['encoding', '--encoding <encoding>', `${encodings.join(', ')}, latin1 (default: detected)`],
  ['sheet', '--sheet <name>', 'sheet of a workbook (default: the first one)'],
  ['badRows', '--bad-rows <what>', 'stop at the first row that cannot be read, or skip and list them (default: stop)'],
  ['rows', '--rows <count>', 'keep at most so many rows, drawn at random, of delimited text or Parquet (default: all)'],
  [
    'missingWords',
    '--missing-words <words>',
    'what counts as missing besides the empty cell, as "NA,null" (default: NA, N/A, NaN, null, None and ?)'
  ]
] as const

const imageFlags = [
  ['--image-size <size>', 'images: width and height, as 32x32 (default: their own up to 64, else 32x32)'],
  ['--image-fit <way>', `${imageFits.join(', ')} images of another shape (default: stretch)`],
  ['--image-channels <count>', '1 for grey, 3 for colours (default: 1 where all images are grey)']
] as const

export function addReadOptions(command: Command): void {
  command.optionsGroup('File:')
  for (const [, flag, description] of flags) command.option(flag, description)
  for (const [flag, description] of imageFlags) command.option(flag, description)
  command.addOption(new Option('--header', 'the first line names the columns (default: detected)'))
  command.addOption(new Option('--no-header', 'the first line is a row').default(undefined))
}

/**
 * What the flags say, and for the rest what was said when a run was trained. That rows are skipped, or a part of them drawn,
 * is not taken over: whoever asks for predictions expects one a row.
 * @throws ConfigError `usage` naming the flag
 */
export function readReadFlags(options: Readonly<Record<string, unknown>>, saved: ReadAs = {}): ReadAs {
  const given: Record<string, unknown> = {}
  const { delimiter, encoding, sheet, badRows, rows, missingWords, header } = options
  if (typeof delimiter === 'string') given['delimiter'] = /^(tab|\\t)$/i.test(delimiter) ? '\t' : delimiter
  if (typeof encoding === 'string') {
    const name = encoding.toLowerCase()
    given['encoding'] = encodingNames.get(name) ?? name
  }
  if (typeof sheet === 'string') given['sheet'] = sheet
  if (typeof badRows === 'string') given['badRows'] = badRows
  if (typeof rows === 'string') given['rows'] = /^\d+$/.test(rows) ? Number(rows) : NaN
  if (typeof missingWords === 'string') given['missingWords'] = missingWords.split(',').map((word) => word.trim())
  if (typeof header === 'boolean') given['header'] = header
  for (const [key, flag] of flags) {
    const value = given[key]
    if (value === undefined) continue
    const parsed = v.safeParse(readAsSchema, { [key]: value })
    if (!parsed.success) throw usageError(`${flag}: got ${JSON.stringify(options[key])}; ${expected(key)}`)
  }
  const { badRows: _skipped, rows: _drawn, ...kept } = saved
  const image = { ...saved.image, ...readImageFlags(options) }
  return { ...kept, ...v.parse(readAsSchema, given), ...(Object.keys(image).length === 0 ? {} : { image }) }
}

/** @throws ConfigError `usage` naming the flag */
function readImageFlags(options: Readonly<Record<string, unknown>>): NonNullable<ReadAs['image']> {
  const { imageSize, imageFit, imageChannels } = options
  const parsed = (flag: string, image: unknown, wanted: string): NonNullable<ReadAs['image']> => {
    const result = v.safeParse(readAsSchema, { image })
    if (result.success) return result.output.image ?? {}
    throw usageError(`${flag}: it must be ${wanted}`)
  }
  const read: NonNullable<ReadAs['image']>[] = []
  if (typeof imageSize === 'string') {
    const [, width, height] = /^(\d{1,4})[x×](\d{1,4})$/i.exec(imageSize) ?? []
    const image = { width: Number(width ?? NaN), height: Number(height ?? NaN) }
    read.push(
      parsed('--image-size', image, `width and height from 1 to ${MAX_IMAGE_SIDE}, as 32x32; got "${imageSize}"`)
    )
  }
  if (typeof imageFit === 'string') {
    read.push(parsed('--image-fit', { fit: imageFit }, `one of ${imageFits.join(', ')}; got "${imageFit}"`))
  }
  if (typeof imageChannels === 'string') {
    const image = { channels: Number(imageChannels) }
    read.push(parsed('--image-channels', image, `1 or 3; got "${imageChannels}"`))
  }
  return read.reduce((all, each) => ({ ...all, ...each }), {})
}

function expected(key: (typeof flags)[number][0]): string {
  switch (key) {
    case 'delimiter':
      return 'it must be one character that is neither a quote nor a line end, or tab'
    case 'encoding':
      return `it must be one of ${encodings.join(', ')} or latin1`
    case 'badRows':
      return 'it must be stop or skip'
    case 'rows':
      return 'it must be a whole number from 2'
    case 'sheet':
      return 'it must be the name of a sheet'
    case 'missingWords':
      return 'it must be words with commas between them'
  }
}
