/**
 * Convolution and its gradients as sums over offset tables (see offset-tile.ts). Images are copied into a frame of zeros in the
 * thread's scratch memory, so that every tap of every window can be read.
 *
 * Words from `shape`: images; channels, height, width of what goes into the frame; top, left, height, width of the frame; channels,
 * height, width of what is read or written beside it; kernel, stride, dilation (vertical and horizontal each); groups; top, left
 * padding. src/engine/plan/convolution.ts writes them and reserves the scratch memory.
 */
import { offsetTile } from './offset-tile'
import { packTransposed } from './pack'
import { shareStart } from './share'

/** Places of a gradient by weights that are summed before they are added to what was summed before. */
const PIXEL_BLOCK: i32 = 512

// Byte offsets of the words.
export const IMAGES: usize = 0
export const CHANNELS: usize = 4
const HEIGHT: usize = 8
const WIDTH: usize = 12
const FRAME_TOP: usize = 16
const FRAME_LEFT: usize = 20
export const FRAME_HEIGHT: usize = 24
export const FRAME_WIDTH: usize = 28
export const OTHER_CHANNELS: usize = 32
export const OTHER_HEIGHT: usize = 36
export const OTHER_WIDTH: usize = 40
const KERNEL_HEIGHT: usize = 44
const KERNEL_WIDTH: usize = 48
const STRIDE_DOWN: usize = 52
const STRIDE_ACROSS: usize = 56
const DILATION_DOWN: usize = 60
const DILATION_ACROSS: usize = 64
const GROUPS: usize = 68
const TOP: usize = 72
const LEFT: usize = 76

// A phase: results whose windows meet the same taps. Byte offsets of its words in scratch memory.
const PIXELS: usize = 0
const PIXEL_OFFSETS: usize = 4
const TARGETS: usize = 8
const INNER: usize = 12
const TAP_OFFSETS: usize = 16
const PANELS: usize = 20
const PHASE_BYTES: usize = 24

/**
 * y [N, M, rows, columns] of x [N, C, H, W] and w [M, C / groups, kH, kW]. Threads share images and panels of eight channels.
 * @param bias [M], or 0 @param floor 0 for ReLU, else −∞
 */
export function conv2d(
  y: usize,
  x: usize,
  w: usize,
  bias: usize,
  floor: f32,
  shape: usize,
  scratch: usize,
  part: i32,
  parts: i32
): void {
  const perGroup = load<i32>(shape, CHANNELS) / load<i32>(shape, GROUPS)
  const inner = perGroup * load<i32>(shape, KERNEL_HEIGHT) * load<i32>(shape, KERNEL_WIDTH)
  const phase = scratch
  let at = scratch + PHASE_BYTES
  const pixelOffsets = at
  at = windowOffsets(at, shape, load<i32>(shape, OTHER_HEIGHT), load<i32>(shape, OTHER_WIDTH))
  const tapOffsets = at
  at = kernelOffsets(at, shape, perGroup)
  store<i32>(phase, load<i32>(shape, OTHER_HEIGHT) * load<i32>(shape, OTHER_WIDTH), PIXELS)
  store<i32>(phase, <i32>pixelOffsets, PIXEL_OFFSETS)
  store<i32>(phase, 0, TARGETS)
  store<i32>(phase, inner, INNER)
  at = aligned(at)
  store<i32>(phase, <i32>tapOffsets, TAP_OFFSETS)
  store<i32>(phase, <i32>at, PANELS)
  const groups = load<i32>(shape, GROUPS)
  const outPerGroup = load<i32>(shape, OTHER_CHANNELS) / groups
  for (let group = 0; group < groups; group++) {
    const from = w + 4 * <usize>(group * outPerGroup) * inner
    for (let m = 0; m < outPerGroup; m += 8) {
      packTransposed(at, from + 4 * <usize>m * inner, 4 * inner, inner, min(8, outPerGroup - m))
      at += 32 * <usize>inner
    }
  }
  convolve(y, x, bias, floor, 0, shape, phase, 1, at, part, parts)
}

/**
 * ∂L/∂x [N, C, H, W] of w and g [N, M, rows, columns]: what each value of x meets are the outputs whose windows it is in. With a stride
 * s those are different taps for each of s · s phases of the place.
 * @param mask [N, C, H, W], or 0: the gradient is 0 where it is not above 0
 */
export function conv2dInputGradient(
  x: usize,
  w: usize,
  g: usize,
  mask: usize,
  shape: usize,
  scratch: usize,
  part: i32,
  parts: i32
): void {
  const down = load<i32>(shape, STRIDE_DOWN)
  const across = load<i32>(shape, STRIDE_ACROSS)
  const phasesDown = min(down, load<i32>(shape, OTHER_HEIGHT))
  const phasesAcross = min(across, load<i32>(shape, OTHER_WIDTH))
  let at = scratch + PHASE_BYTES * <usize>(phasesDown * phasesAcross)
  let phase = scratch
  for (let i = 0; i < phasesDown; i++) {
    for (let j = 0; j < phasesAcross; j++) {
      at = gradientPhase(phase, at, w, shape, i, j)
      phase += PHASE_BYTES
    }
  }
  convolve(x, g, 0, -Infinity, mask, shape, scratch, phasesDown * phasesAcross, at, part, parts)
}

/** Tables and panels of the values of x from (row, column) on, a stride apart. @returns where the next ones go */
function gradientPhase(phase: usize, at: usize, w: usize, shape: usize, row: i32, column: i32): usize {
  const height = load<i32>(shape, OTHER_HEIGHT)
  const width = load<i32>(shape, OTHER_WIDTH)
  const kernelHeight = load<i32>(shape, KERNEL_HEIGHT)
  const kernelWidth = load<i32>(shape, KERNEL_WIDTH)
  const down = load<i32>(shape, STRIDE_DOWN)
  const across = load<i32>(shape, STRIDE_ACROSS)
  const dilationDown = load<i32>(shape, DILATION_DOWN)
  const dilationAcross = load<i32>(shape, DILATION_ACROSS)
  const frameWidth = load<i32>(shape, FRAME_WIDTH)
  const framePlane = load<i32>(shape, FRAME_HEIGHT) * frameWidth
  const groups = load<i32>(shape, GROUPS)
  const perGroup = load<i32>(shape, CHANNELS) / groups
  const outPerGroup = load<i32>(shape, OTHER_CHANNELS) / groups
  const taps = kernelHeight * kernelWidth
  // Output o sees value i by tap t where o · stride + t · dilation = i + padding.
  const below = row + load<i32>(shape, TOP)
  const beside = column + load<i32>(shape, LEFT)
  const pixelsDown = (height - row + down - 1) / down
  const pixelsAcross = (width - column + across - 1) / across
  store<i32>(phase, pixelsDown * pixelsAcross, PIXELS)
  store<i32>(phase, <i32>at, PIXEL_OFFSETS)
  for (let i = 0; i < pixelsDown; i++) {
    for (let j = 0; j < pixelsAcross; j++) {
      store<i32>(at, 4 * (i * frameWidth + j))
      at += 4
    }
  }
  const apart = down > 1 || across > 1
  store<i32>(phase, apart ? <i32>at : 0, TARGETS)
  if (apart) {
    for (let i = 0; i < pixelsDown; i++) {
      for (let j = 0; j < pixelsAcross; j++) {
        store<i32>(at, 4 * ((row + i * down) * width + column + j * across))
        at += 4
      }
    }
  }
  store<i32>(phase, <i32>at, TAP_OFFSETS)
  const first = at
  for (let m = 0; m < perGroup; m++) {
    for (let u = 0; u < kernelHeight; u++) {
      const line = below - u * dilationDown
      if (line % down != 0) continue
      for (let v = 0; v < kernelWidth; v++) {
        const place = beside - v * dilationAcross
        if (place % across != 0) continue
        const frameRow = line / down + load<i32>(shape, FRAME_TOP)
        const frameColumn = place / across + load<i32>(shape, FRAME_LEFT)
        store<i32>(at, 4 * (m * framePlane + frameRow * frameWidth + frameColumn))
        at += 4
      }
    }
  }
  store<i32>(phase, <i32>((at - first) / 4), INNER)
  at = aligned(at)
  store<i32>(phase, <i32>at, PANELS)
  for (let group = 0; group < groups; group++) {
    for (let c = 0; c < outPerGroup; c += 8) {
      const columns = min(8, outPerGroup - c)
      for (let m = 0; m < perGroup; m++) {
        const from = w + 4 * <usize>((group * perGroup + m) * outPerGroup + c) * taps
        for (let u = 0; u < kernelHeight; u++) {
          if ((below - u * dilationDown) % down != 0) continue
          for (let v = 0; v < kernelWidth; v++) {
            if ((beside - v * dilationAcross) % across != 0) continue
            const tap = from + 4 * (u * kernelWidth + v)
            for (let j = 0; j < 8; j++) {
              store<f32>(at, j < columns ? load<f32>(tap + 4 * <usize>j * taps) : 0)
              at += 4
            }
          }
        }
      }
    }
  }
  return at
}

/** All results of images and panels that fall to this thread. @param frame where the frame goes */
function convolve(
  y: usize,
  x: usize,
  bias: usize,
  floor: f32,
  mask: usize,
  shape: usize,
  phases: usize,
  phaseCount: i32,
  frame: usize,
  part: i32,
  parts: i32
): void {
  const groups = load<i32>(shape, GROUPS)
  const channels = load<i32>(shape, OTHER_CHANNELS)
  const perGroup = channels / groups
  const panelsPerGroup = (perGroup + 7) / 8
  const panels = groups * panelsPerGroup
  const plane: usize = 4 * load<i32>(shape, OTHER_HEIGHT) * load<i32>(shape, OTHER_WIDTH)
  const groupBytes: usize =
    4 * (load<i32>(shape, CHANNELS) / groups) * load<i32>(shape, FRAME_HEIGHT) * load<i32>(shape, FRAME_WIDTH)
  const units = load<i32>(shape, IMAGES) * panels
  const until = shareStart(units, 1, part + 1, parts)
  let framed = -1
  let source: usize = 0
  clearFrame(frame, shape)
  for (let unit = shareStart(units, 1, part, parts); unit < until; unit++) {
    const image = unit / panels
    const panel = unit % panels
    if (image != framed) {
      source = framedImage(frame, x, image, shape)
      framed = image
    }
    const group = panel / panelsPerGroup
    const inGroup = 8 * (panel % panelsPerGroup)
    const channel = group * perGroup + inGroup
    const columns = min(8, perGroup - inGroup)
    const to = y + plane * <usize>(image * channels + channel)
    const maskAt: usize = mask != 0 ? mask + (to - y) : 0
    const from = source + groupBytes * group
    const biasAt: usize = bias != 0 ? bias + 4 * channel : 0
    for (let phase = phases; phase < phases + PHASE_BYTES * <usize>phaseCount; phase += PHASE_BYTES) {
      const pixels = load<i32>(phase, PIXELS)
      const inner = load<i32>(phase, INNER)
      const offsets: usize = load<i32>(phase, TAP_OFFSETS)
      const weights = <usize>load<i32>(phase, PANELS) + 32 * <usize>panel * inner
      let targets: usize = load<i32>(phase, TARGETS)
      let pixel: usize = load<i32>(phase, PIXEL_OFFSETS)
      let step: usize = 0
      for (let left = pixels; left > 0; left -= 4) {
        const valid = min(4, left)
        const x0 = from + <usize>load<i32>(pixel)
        const x1 = valid > 1 ? from + <usize>load<i32>(pixel, 4) : x0
        const x2 = valid > 2 ? from + <usize>load<i32>(pixel, 8) : x0
        const x3 = valid > 3 ? from + <usize>load<i32>(pixel, 12) : x0
        const c = to + step
        const maskHere: usize = maskAt != 0 ? maskAt + step : 0
        offsetTile(
          x0,
          x1,
          x2,
          x3,
          offsets,
          weights,
          inner,
          c,
          plane,
          targets,
          valid,
          columns,
          biasAt,
          false,
          floor,
          maskHere
        )
        pixel += 16
        if (targets != 0) targets += 16
        else step += 16
      }
    }
  }
}

/**
 * ∂L/∂w [M, C / groups, kH, kW] of x [N, C, H, W] and g [N, M, rows, columns]. Threads share tiles of eight channels of g and four
 * weights of each, so that every sum over images and places has one order.
 */
export function conv2dWeightGradient(
  w: usize,
  x: usize,
  g: usize,
  shape: usize,
  scratch: usize,
  part: i32,
  parts: i32
): void {
  const images = load<i32>(shape, IMAGES)
  const groups = load<i32>(shape, GROUPS)
  const channels = load<i32>(shape, OTHER_CHANNELS)
  const perGroup = load<i32>(shape, CHANNELS) / groups
  const outPerGroup = channels / groups
  const inner = perGroup * load<i32>(shape, KERNEL_HEIGHT) * load<i32>(shape, KERNEL_WIDTH)
  const pixels = load<i32>(shape, OTHER_HEIGHT) * load<i32>(shape, OTHER_WIDTH)
  const groupBytes: usize = 4 * perGroup * load<i32>(shape, FRAME_HEIGHT) * load<i32>(shape, FRAME_WIDTH)
  const pixelOffsets = scratch
  const tapOffsets = windowOffsets(scratch, shape, load<i32>(shape, OTHER_HEIGHT), load<i32>(shape, OTHER_WIDTH))
  const panel = aligned(kernelOffsets(tapOffsets, shape, perGroup))
  const frame = panel + 32 * PIXEL_BLOCK
  clearFrame(frame, shape)
  const panelsPerGroup = (outPerGroup + 7) / 8
  const tilesPerPanel = (inner + 3) / 4
  const tiles = groups * panelsPerGroup * tilesPerPanel
  const first = shareStart(tiles, 1, part, parts)
  const until = shareStart(tiles, 1, part + 1, parts)
  if (images == 0) memory.fill(w, 0, 4 * <usize>channels * inner)
  if (first == until) return
  for (let image = 0; image < images; image++) {
    const source = framedImage(frame, x, image, shape)
    for (let block = 0; block < pixels; block += PIXEL_BLOCK) {
      const count = min(PIXEL_BLOCK, pixels - block)
      const adds = image > 0 || block > 0
      let packed = -1
      for (let tile = first; tile < until; tile++) {
        const at = tile / tilesPerPanel
        const group = at / panelsPerGroup
        const inGroup = 8 * (at % panelsPerGroup)
        const channel = group * outPerGroup + inGroup
        const columns = min(8, outPerGroup - inGroup)
        if (at != packed) {
          const from = g + 4 * (<usize>(image * channels + channel) * pixels + block)
          packTransposed(panel, from, 4 * pixels, count, columns)
          packed = at
        }
        const weight = 4 * (tile % tilesPerPanel)
        const valid = min(4, inner - weight)
        const tap = tapOffsets + 4 * weight
        const from = source + groupBytes * group
        const x0 = from + <usize>load<i32>(tap)
        const x1 = valid > 1 ? from + <usize>load<i32>(tap, 4) : x0
        const x2 = valid > 2 ? from + <usize>load<i32>(tap, 8) : x0
        const x3 = valid > 3 ? from + <usize>load<i32>(tap, 12) : x0
        const to = w + 4 * (<usize>channel * inner + weight)
        const offsets = pixelOffsets + 4 * block
        offsetTile(x0, x1, x2, x3, offsets, panel, count, to, 4 * inner, 0, valid, columns, 0, adds, -Infinity, 0)
      }
    }
  }
}

/** Panels are read 32 bytes at a time. */
function aligned(address: usize): usize {
  return (address + 31) & ~31
}

/** Where in the frame the window of each output begins. @returns the end of the table */
function windowOffsets(to: usize, shape: usize, rows: i32, columns: i32): usize {
  const down = load<i32>(shape, STRIDE_DOWN) * load<i32>(shape, FRAME_WIDTH)
  const across = load<i32>(shape, STRIDE_ACROSS)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      store<i32>(to, 4 * (i * down + j * across))
      to += 4
    }
  }
  return to
}

/** Where the taps of a kernel stand, from the beginning of a window. @returns the end of the table */
function kernelOffsets(to: usize, shape: usize, channels: i32): usize {
  const width = load<i32>(shape, FRAME_WIDTH)
  const plane = load<i32>(shape, FRAME_HEIGHT) * width
  const down = load<i32>(shape, DILATION_DOWN) * width
  const across = load<i32>(shape, DILATION_ACROSS)
  const kernelHeight = load<i32>(shape, KERNEL_HEIGHT)
  const kernelWidth = load<i32>(shape, KERNEL_WIDTH)
  for (let c = 0; c < channels; c++) {
    for (let u = 0; u < kernelHeight; u++) {
      for (let v = 0; v < kernelWidth; v++) {
        store<i32>(to, 4 * (c * plane + u * down + v * across))
        to += 4
      }
    }
  }
  return to
}

/** Whether images are read where they are. */
function fits(shape: usize): bool {
  return (
    load<i32>(shape, FRAME_HEIGHT) == load<i32>(shape, HEIGHT) &&
    load<i32>(shape, FRAME_WIDTH) == load<i32>(shape, WIDTH)
  )
}

export function clearFrame(frame: usize, shape: usize): void {
  if (fits(shape)) return
  const plane = load<i32>(shape, FRAME_HEIGHT) * load<i32>(shape, FRAME_WIDTH)
  memory.fill(frame, 0, 4 * <usize>load<i32>(shape, CHANNELS) * plane)
}

/** An image in its frame. @returns where it is read */
export function framedImage(frame: usize, x: usize, image: i32, shape: usize): usize {
  const channels = load<i32>(shape, CHANNELS)
  const height = load<i32>(shape, HEIGHT)
  const width = load<i32>(shape, WIDTH)
  let from = x + 4 * <usize>(image * channels) * height * width
  if (fits(shape)) return from
  const frameWidth = load<i32>(shape, FRAME_WIDTH)
  const plane: usize = 4 * load<i32>(shape, FRAME_HEIGHT) * frameWidth
  let to = frame + 4 * (load<i32>(shape, FRAME_TOP) * frameWidth + load<i32>(shape, FRAME_LEFT))
  for (let c = 0; c < channels; c++) {
    let line = to
    for (let i = 0; i < height; i++) {
      copyLine(line, from, width)
      from += 4 * width
      line += 4 * frameWidth
    }
    to += plane
  }
  return frame
}

function copyLine(to: usize, from: usize, width: i32): void {
  let j = 0
  for (; j + 4 <= width; j += 4) {
    v128.store(to, v128.load(from))
    to += 16
    from += 16
  }
  for (; j < width; j++) {
    store<f32>(to, load<f32>(from))
    to += 4
    from += 4
  }
}
