/**
 * Lists in Arrow's metadata (FlatBuffers) say how long they are. The library believes them and fills the memory of the process;
 * here no list may be longer than the bytes it stands in.
 */
import { ByteBuffer } from 'flatbuffers'

const claimedLength = ByteBuffer.prototype.__vector_len

function checkedLength(this: ByteBuffer, offset: number): number {
  const length = claimedLength.call(this, offset)
  if (length >= 0 && length <= this.capacity()) return length
  throw new RangeError('a list in its metadata is longer than the metadata')
}

/** Puts the check in place, for all use of FlatBuffers in this process: it has no other way in. */
export function guardMetadata(): void {
  ByteBuffer.prototype.__vector_len = checkedLength
}
