/**
 * Files that only grow: frames one behind the other, each with its length and its checksum.
 *
 *   8 bytes   what the file is
 *   frames    u32 length of the payload, from 1 | u32 CRC-32 of the payload | payload; little-endian
 *
 * A frame that a killed process or a full disk cut short is no frame, and neither is what follows it: reading ends before
 * it, and whoever opens the file to write goes on there. Lengths are never trusted: memory is taken for what the file has.
 */
import { open, type FileHandle } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import { StorageError } from '../shared/errors'
import { isNotPlain, notReadable, openPlain } from './plain-file'
import { writeError } from './storage-error'

export const MAGIC_BYTES = 8
export const FRAME_HEADER_BYTES = 8
/** Read and written at once, so that the event loop gets its turns. */
const PIECE_BYTES = 2 ** 20
/** The longest payload that 32 bits can tell. */
const MAX_PAYLOAD = 2 ** 32 - 1

export interface Frame {
  readonly payload: Buffer
  /** Where its header begins in the file. */
  readonly at: number
  /** Where the next one would begin. */
  readonly end: number
}

export interface FrameRange {
  readonly from: number
  readonly to: number
}

/** The frames of a part of a file, which begins at the header of one; ends before the first one that is not whole. */
export async function* framesOf(handle: FileHandle, range?: FrameRange): AsyncGenerator<Frame, void, void> {
  const { size } = await handle.stat()
  const to = Math.min(range?.to ?? size, size)
  let at = range?.from ?? MAGIC_BYTES
  // What was read ahead: from `at` on.
  let ahead: Buffer = Buffer.alloc(0)
  for (;;) {
    if (to - at < FRAME_HEADER_BYTES) return
    if (ahead.length < FRAME_HEADER_BYTES) ahead = await readAt(handle, at, Math.min(PIECE_BYTES, to - at))
    if (ahead.length < FRAME_HEADER_BYTES) return
    const length = ahead.readUInt32LE(0)
    const sum = ahead.readUInt32LE(4)
    const whole = FRAME_HEADER_BYTES + length
    if (length === 0 || whole > to - at) return
    if (ahead.length < whole) ahead = await readAt(handle, at, Math.min(Math.max(whole, PIECE_BYTES), to - at))
    if (ahead.length < whole) return
    const payload = ahead.subarray(FRAME_HEADER_BYTES, whole)
    if ((await checksum([payload])) !== sum) return
    yield { payload, at, end: at + whole }
    at += whole
    ahead = ahead.subarray(whole)
  }
}

/**
 * Opens a framed file to be read.
 * @throws StorageError `log-damaged` when it is not of that kind, `not-readable`; what the system says when it is not there
 */
export async function openFrames(path: string, magic: string): Promise<FileHandle> {
  const handle = await openPlain(path).catch((thrown: unknown) => {
    throw isNotPlain(thrown) ? notOfThatKind(path) : notReadable(path, thrown)
  })
  try {
    const found = await readAt(handle, 0, MAGIC_BYTES)
    if (!found.equals(magicBytes(magic))) throw notOfThatKind(path)
    return handle
  } catch (thrown) {
    await handle.close()
    throw thrown
  }
}

/** A framed file that is written to. One append at a time. */
export class FramedLog {
  private constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
    private end: number
  ) {}

  /**
   * Opens the file, or makes it; what is torn at its end is cut off.
   * @param visit is shown every frame that is there
   * @throws StorageError `log-damaged` when there is a file of another kind; those of `writeError`
   */
  static async open(path: string, magic: string, visit: (frame: Frame) => void = () => undefined): Promise<FramedLog> {
    let handle: FileHandle | null = null
    try {
      handle = await openOrMake(path)
      const { size } = await handle.stat()
      let end = MAGIC_BYTES
      const start = await readAt(handle, 0, MAGIC_BYTES)
      if (start.equals(magicBytes(magic))) {
        for await (const frame of framesOf(handle)) {
          visit(frame)
          end = frame.end
        }
      } else {
        // Killed while its first bytes were written, perhaps; anything else is not ours to overwrite.
        if (!start.equals(magicBytes(magic).subarray(0, start.length))) throw notOfThatKind(path)
        await writeAt(handle, magicBytes(magic), 0)
      }
      if (size > end) await handle.truncate(end)
      return new FramedLog(path, handle, end)
    } catch (thrown) {
      await handle?.close()
      throw writeError(path, thrown)
    }
  }

  /** Bytes of it that are whole. */
  get size(): number {
    return this.end
  }

  /**
   * Adds frames, each of the pieces given; all of them or, on failure, none that counts: the next one is written in their place.
   * @returns where each begins
   * @throws StorageError of `writeError`
   */
  async append(frames: readonly (readonly Uint8Array[])[]): Promise<number[]> {
    const places: number[] = []
    let at = this.end
    try {
      let ready: Uint8Array[] = []
      const flush = async () => {
        const bytes = ready.length === 1 && ready[0] !== undefined ? ready[0] : Buffer.concat(ready)
        await writeAt(this.handle, bytes, at)
        at += bytes.byteLength
        ready = []
      }
      let waiting = 0
      for (const pieces of frames) {
        places.push(at + waiting)
        const length = pieces.reduce((sum, piece) => sum + piece.byteLength, 0)
        if (length === 0 || length > MAX_PAYLOAD) throw new Error(`a frame of ${length} bytes`)
        const header = Buffer.alloc(FRAME_HEADER_BYTES)
        header.writeUInt32LE(length, 0)
        header.writeUInt32LE(await checksum(pieces), 4)
        for (const piece of [header, ...pieces]) {
          for (let from = 0; from < piece.byteLength; from += PIECE_BYTES) {
            const part = piece.subarray(from, from + PIECE_BYTES)
            ready.push(part)
            waiting += part.byteLength
            if (waiting < PIECE_BYTES) continue
            await flush()
            waiting = 0
          }
        }
      }
      if (ready.length > 0) await flush()
    } catch (thrown) {
      // Only to give the room back: what lies behind the end counts for nothing.
      await this.handle.truncate(this.end).catch(() => undefined)
      throw writeError(this.path, thrown)
    }
    this.end = at
    return places
  }

  /** Forgets all from there on. */
  async cut(end: number): Promise<void> {
    await this.handle.truncate(end)
    this.end = end
  }

  /** Frames of a part of the file, which begins at one of them; even after the log was closed. */
  async *read(range?: FrameRange): AsyncGenerator<Frame, void, void> {
    const handle = this.isOpen ? this.handle : await open(this.path, 'r')
    try {
      yield* framesOf(handle, { from: range?.from ?? MAGIC_BYTES, to: Math.min(range?.to ?? this.end, this.end) })
    } finally {
      if (handle !== this.handle) await handle.close()
    }
  }

  /** Resolves when all is on the disk, come what may. */
  async sync(): Promise<void> {
    try {
      await this.handle.datasync()
    } catch (thrown) {
      throw writeError(this.path, thrown)
    }
  }

  get isOpen(): boolean {
    return this.handle.fd >= 0
  }

  /** Waits for what is being written or read. */
  close(): Promise<void> {
    return this.handle.close()
  }
}

async function openOrMake(path: string): Promise<FileHandle> {
  try {
    return await openPlain(path, 'read and write')
  } catch (thrown) {
    if (isNotPlain(thrown)) throw notOfThatKind(path)
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')) throw thrown
    return open(path, 'wx+')
  }
}

async function checksum(pieces: readonly Uint8Array[]): Promise<number> {
  let sum = 0
  let since = 0
  for (const piece of pieces) {
    for (let from = 0; from < piece.byteLength; from += PIECE_BYTES) {
      const part = piece.subarray(from, from + PIECE_BYTES)
      sum = crc32(part, sum)
      since += part.byteLength
      if (since < 4 * PIECE_BYTES) continue
      await setImmediate()
      since = 0
    }
  }
  return sum
}

/** As much of `length` bytes as there are. */
export async function readAt(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  let done = 0
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, Math.min(length - done, 2 ** 26), at + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return bytes.subarray(0, done)
}

/** Writes all of it; one call of the system may take fewer bytes than it was given. */
async function writeAt(handle: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  let done = 0
  while (done < bytes.byteLength) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.byteLength - done, at + done)
    if (bytesWritten === 0) throw Object.assign(new Error('nothing was written'), { code: 'EIO' })
    done += bytesWritten
  }
}

function magicBytes(magic: string): Buffer {
  const bytes = Buffer.alloc(MAGIC_BYTES)
  bytes.write(magic, 'latin1')
  return bytes
}

function notOfThatKind(path: string): StorageError {
  return new StorageError(
    'log-damaged',
    `"${path}" does not begin as the studio writes it, so it is another file or damaged. Move it away and try again.`,
    { path }
  )
}
