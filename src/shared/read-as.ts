/** What a person says of a file, in place of what is detected. It crosses processes and is saved with a run. */
import * as v from 'valibot'

/** Encodings of text. Latin-1 is read as Windows-1252, which has the same letters and some more. */
export const encodings = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const
export type Encoding = (typeof encodings)[number]

/** Besides the empty cell these count as missing where nothing else is said, whatever their case. */
export const usualMissingWords = ['NA', 'N/A', 'NaN', 'null', 'None', '?'] as const
/** Words that may be declared to count as missing, and the longest of them. */
const MAX_MISSING_WORDS = 1000
const MAX_WORD = 1000
/** Ways to bring an image to a size of another shape. */
export const imageFits = ['stretch', 'crop', 'pad'] as const
/** Larger images are no use for networks that this computer can train. */
export const MAX_IMAGE_SIDE = 512
/** Rows that may be asked for. */
const MAX_ROWS = 2 ** 31 - 1
/** Longest name of a sheet; Excel itself allows 31 characters. */
const MAX_SHEET_NAME = 255

const side = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_IMAGE_SIDE))

export const readAsSchema = v.strictObject({
  /** Delimited text: what stands between two cells, one character; no quote and no line end. */
  delimiter: v.optional(
    v.pipe(
      v.string(),
      v.check((text) => Array.from(text).length === 1 && !/["\r\n\0\uFEFF\p{Cs}]/u.test(text), 'must be one character')
    )
  ),
  /** Text of any kind. */
  encoding: v.optional(v.picklist(encodings)),
  /** Whether the first line names the columns. */
  header: v.optional(v.boolean()),
  /** Workbooks: the sheet to read. */
  sheet: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_SHEET_NAME))),
  /** Rows that cannot be read end the reading (`stop`, the default) or are left out and listed (`skip`, the default for folders and archives of images). */
  badRows: v.optional(v.picklist(['stop', 'skip'])),
  /** Images of a folder, of an archive or named by a table: the size that all are brought to, how, and whether they keep their colours. */
  image: v.optional(
    v.strictObject({
      width: v.optional(side),
      height: v.optional(side),
      /** `stretch`, the default; `crop` what is beyond; or `pad` with black. */
      fit: v.optional(v.picklist(imageFits)),
      /** 1: grey. 3: red, green, blue. */
      channels: v.optional(v.picklist([1, 3]))
    })
  ),
  /** Delimited text and Parquet: rows to keep at most, drawn at random and in their order, of a file that has more. */
  rows: v.optional(v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(MAX_ROWS))),
  /** What counts as missing besides the empty cell, whatever its case and the spaces around it. */
  missingWords: v.optional(
    v.pipe(v.array(v.pipe(v.string(), v.maxLength(MAX_WORD))), v.maxLength(MAX_MISSING_WORDS), v.readonly())
  )
})

export type ReadAs = Readonly<v.InferOutput<typeof readAsSchema>>
