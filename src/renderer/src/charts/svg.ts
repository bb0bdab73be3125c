/** A chart as a picture of vectors: the same scene as on the canvas, its text as text. */
import { projection, shapesOf, type Shape } from './annotations'
import type { ChartSpec, Token } from './chart'
import type { Area } from './labels'
import type { Scene, SceneLine } from './scene'

export interface PictureText {
  readonly title: string
  /** Under the axis: "epoch". */
  readonly along: string
  readonly legend: readonly { readonly label: string; readonly colour: Token; readonly dash: readonly number[] }[]
}

const SIZE = { width: 800, height: 420 }
const AREA: Area = { left: 60, right: 780, top: 52, bottom: 372 }
/** About the width of a letter of the font at this size: there is nothing to measure it with. */
const LETTER = 5.9
const FONT = 'Inter, system-ui, sans-serif'

/** @param colour of a token, in the theme of now */
export function svgOf(
  scene: Scene,
  spec: Pick<ChartSpec, 'format'>,
  text: PictureText,
  colour: (token: Token) => string
): string {
  const toX = projection(scene.x, AREA.left, AREA.right)
  const toY = projection(scene.y, AREA.bottom, AREA.top)
  const shapes = shapesOf(scene, AREA, spec.format, (label) => label.length * LETTER)
  const parts = [
    `<rect width="${SIZE.width}" height="${SIZE.height}" fill="${escaped(colour('--panel'))}"/>`,
    `<clipPath id="a"><rect x="${AREA.left}" y="${AREA.top - 1}" width="${AREA.right - AREA.left}" height="${AREA.bottom - AREA.top + 2}"/></clipPath>`,
    ...scene.y.ticks.flatMap((tick) => [
      ruleOf([AREA.left, toY(tick)], [AREA.right, toY(tick)], [], colour('--line')),
      textOf(AREA.left - 8, toY(tick) + 4, 'end', scene.y.format(tick), colour('--text-3'))
    ]),
    ...scene.x.ticks.map((tick) =>
      textOf(toX(tick), AREA.bottom + 18, 'middle', scene.x.format(tick), colour('--text-3'))
    ),
    textOf(AREA.right, AREA.bottom + 36, 'end', text.along, colour('--text-3')),
    ...shapes.filter(({ type }) => type !== 'text').map((shape) => shapeOf(shape, colour)),
    ...scene.lines.map((line) => lineOf(line, toX, toY, colour)),
    ...shapes.filter(({ type }) => type === 'text').map((shape) => shapeOf(shape, colour)),
    `<text x="${AREA.left}" y="30" font-size="15" font-weight="600" fill="${escaped(colour('--text'))}">${escaped(text.title)}</text>`,
    ...legendOf(text, colour)
  ]
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE.width}" height="${SIZE.height}" viewBox="0 0 ${SIZE.width} ${SIZE.height}" font-family="${FONT}" font-size="11">\n${parts.join('\n')}\n</svg>\n`
}

function lineOf(
  line: SceneLine,
  toX: (x: number) => number,
  toY: (y: number) => number,
  colour: (token: Token) => string
): string {
  const places = line.x.map((x, index) => `${short(toX(x))} ${short(toY(line.y[index] ?? Number.NaN))}`)
  const look = `stroke="${escaped(colour(line.colour))}" stroke-width="${line.width}"${opacityOf(line.strength)}${dashOf(line.dash)}`
  const path = `<path clip-path="url(#a)" d="M${places.join('L')}" fill="none" stroke-linejoin="round" ${look}/>`
  if (line.dots === 0) return path
  const dots = places.map((place) => {
    const [x, y] = place.split(' ')
    return `<circle cx="${x}" cy="${y}" r="${line.dots}" fill="${escaped(colour(line.colour))}"/>`
  })
  return [path, ...dots].join('\n')
}

function legendOf(text: PictureText, colour: (token: Token) => string): string[] {
  let x = AREA.left + text.title.length * 9 + 24
  return text.legend.flatMap(({ label, colour: token, dash }) => {
    const width = 26 + label.length * LETTER + 14
    const begin = x
    x += width
    // What has no room is told apart in the picture by its colour alone.
    if (begin + width > SIZE.width) return []
    return [
      `<path d="M${short(begin)} 26h18" stroke="${escaped(colour(token))}" stroke-width="2"${dashOf(dash)}/>`,
      textOf(begin + 24, 30, 'start', label, colour('--text-2'))
    ]
  })
}

function shapeOf(shape: Shape, colour: (token: Token) => string): string {
  if (shape.type === 'rule') return ruleOf(shape.from, shape.to, shape.dash, colour(shape.colour))
  if (shape.type === 'text') {
    const rim = ` paint-order="stroke" stroke="${escaped(colour('--panel'))}" stroke-width="4" stroke-linejoin="round"`
    const anchor = shape.side === 'left' ? 'start' : 'end'
    return textOf(shape.at[0], shape.at[1], anchor, shape.text, colour(shape.colour), rim)
  }
  const { left, right, top, bottom } = shape.area
  return `<rect x="${short(left)}" y="${short(top)}" width="${short(right - left)}" height="${short(bottom - top)}" fill="${escaped(colour(shape.colour))}"${opacityOf(shape.strength).replace('stroke', 'fill')}/>`
}

function ruleOf(
  from: readonly [number, number],
  to: readonly [number, number],
  dash: readonly number[],
  stroke: string
): string {
  return `<path d="M${short(from[0])} ${short(from[1])}L${short(to[0])} ${short(to[1])}" stroke="${escaped(stroke)}"${dashOf(dash)}/>`
}

function textOf(
  x: number,
  y: number,
  anchor: 'start' | 'middle' | 'end',
  text: string,
  fill: string,
  look = ''
): string {
  return `<text x="${short(x)}" y="${short(y)}" text-anchor="${anchor}" fill="${escaped(fill)}"${look}>${escaped(text)}</text>`
}

function dashOf(dash: readonly number[]): string {
  return dash.length === 0 ? '' : ` stroke-dasharray="${dash.join(' ')}"`
}

function opacityOf(percent: number): string {
  return percent >= 100 ? '' : ` stroke-opacity="${percent / 100}"`
}

/** To a tenth of a px. */
function short(value: number): string {
  return String(Math.round(value * 10) / 10)
}

/** What XML would take for markup, and what it does not allow at all. */
function escaped(text: string): string {
  const plain = text.replaceAll(/\p{Cc}/gu, '')
  return plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
