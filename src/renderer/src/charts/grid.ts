/** Where the cards of the Train stage stand: rows that are filled from side to side, whatever number of cards there is. */

/**
 * `main`: lines that are read first. `square`: a picture as high as it is wide, the largest of all, two of the other cards
 * beside it. `wide`: a picture that takes half a row. `third`: all others.
 */
export type CardSize = 'main' | 'square' | 'wide' | 'third'

/** The place of a card in a grid of twelve columns. */
export interface Place {
  /** From 1. */
  readonly column: number
  readonly columns: number
  /** From 1. */
  readonly row: number
  readonly rows: number
  /** Of the card, in px. */
  readonly height: number
}

export const COLUMNS = 12
/** Between cards, in px. */
export const GAP = 12

/** Px from which three cards stand beside each other, and two. */
const THREE_FROM = 820
const TWO_FROM = 560
/** Columns that a card takes at least. */
const LEAST = {
  three: { main: 5, wide: 6, third: 4 },
  two: { main: 12, wide: 12, third: 6 },
  one: { main: 12, wide: 12, third: 12 }
} as const
const HEIGHT = { main: 320, wide: 236, third: 236 } as const
/** Where there is little room. */
const LOWER_MAIN = 268
/** What stands around the picture of a square card: its heading, legend and axes take more height than width. */
const AROUND = 24
const SQUARE = { least: 400, most: 640, alone: 440 } as const

type Plain = Exclude<CardSize, 'square'>

/** @param width of the grid, in px */
export function gridOf(sizes: readonly CardSize[], width: number): Place[] {
  const room = width >= THREE_FROM ? 'three' : width >= TWO_FROM ? 'two' : 'one'
  const square = sizes.indexOf('square')
  const others = sizes.flatMap((size, index) => (index === square ? [] : [{ index, size: plain(size) }]))
  const places = new Map<number, Place>()
  let row = 1
  const fill = (cards: readonly Card[]): void => {
    for (const filled of filledRows(cards, LEAST[room])) {
      const height = Math.max(
        ...filled.map(({ size }) => (size === 'main' && room !== 'three' ? LOWER_MAIN : HEIGHT[size]))
      )
      let column = 1
      for (const { index, columns } of filled) {
        places.set(index, { column, columns, row, rows: 1, height })
        column += columns
      }
      row += 1
    }
  }
  if (square >= 0 && room === 'three' && others.length > 0) {
    const beside = others.splice(0, 2)
    const { columns, height } = squareSide(width)
    const rows = beside.length
    const isFirst = square === 0
    beside.forEach(({ index }, place) =>
      places.set(index, {
        column: isFirst ? columns + 1 : 1,
        columns: COLUMNS - columns,
        row: place + 1,
        rows: 1,
        height: (height - (rows - 1) * GAP) / rows
      })
    )
    places.set(square, { column: isFirst ? 1 : COLUMNS - columns + 1, columns, row: 1, rows, height })
    row += rows
  } else if (square >= 0) {
    // The lines before it are small, so that it is not far down.
    fill(others.splice(0, square).map(({ index }) => ({ index, size: 'third' })))
    places.set(square, { column: 1, columns: COLUMNS, row, rows: 1, height: SQUARE.alone })
    row += 1
  }
  fill(others)
  return sizes.flatMap((_, index) => places.get(index) ?? [])
}

/** A second square stands among the others. */
function plain(size: CardSize): Plain {
  return size === 'square' ? 'main' : size
}

function columnsWide(columns: number, width: number): number {
  return (columns * (width + GAP)) / COLUMNS - GAP
}

/** Half of the width, or less where that is enough: wide windows leave more to the lines. */
function squareSide(width: number): { readonly columns: number; readonly height: number } {
  const heightOf = (columns: number): number =>
    Math.min(SQUARE.most, Math.max(SQUARE.least, columnsWide(columns, width) + AROUND))
  const columns = [4, 5].find((few) => heightOf(few) >= 0.9 * heightOf(6)) ?? 6
  return { columns, height: heightOf(columns) }
}

interface Card {
  readonly index: number
  readonly size: Plain
}

/** As many cards in a row as fit, none alone that may have company, and what is left over shared out. */
function filledRows(
  cards: readonly Card[],
  least: Readonly<Record<Plain, number>>
): (readonly (Card & { readonly columns: number })[])[] {
  const rows: Card[][] = []
  let taken = COLUMNS
  for (const card of cards) {
    const row = rows.at(-1)
    taken += least[card.size]
    if (row !== undefined && taken <= COLUMNS) row.push(card)
    else {
      rows.push([card])
      taken = least[card.size]
    }
  }
  const [before, last] = [rows.at(-2), rows.at(-1)]
  if (before !== undefined && last?.length === 1 && before.length > 2) {
    const moved = before.at(-1)
    const all = [...(moved === undefined ? [] : [moved]), ...last]
    if (all.reduce((sum, { size }) => sum + least[size], 0) <= COLUMNS) rows.splice(-2, 2, before.slice(0, -1), all)
  }
  return rows.map((row) => {
    const left = COLUMNS - row.reduce((sum, { size }) => sum + least[size], 0)
    const share = Math.floor(left / row.length)
    // The first card has what cannot be shared evenly; of two main ones it is the one read first.
    const extra = left - share * row.length
    const isPair = row.length === 2 && row.every(({ size }) => size === 'main')
    return row.map((card, place) => {
      const more = isPair ? (place === 0 ? left : 0) : share + (place < extra ? 1 : 0)
      return { ...card, columns: least[card.size] + more }
    })
  })
}
