/** Epochs after which a closer look is taken at a network, and a snapshot of it. */

/** Milestones in each doubling of the epochs. */
const PER_DOUBLING = 128

/**
 * The first 256 epochs, then every second until 512, every fourth until 1,024, …: 128 in each doubling, so that a run of any
 * length has enough of them, spread alike over it, at a cost that becomes less the longer it lasts. It hangs on nothing but
 * the epoch, so an interrupted run has the same ones.
 * @param epoch from 1
 */
export function isMilestone(epoch: number): boolean {
  const every = 2 ** Math.max(0, Math.floor(Math.log2(epoch / PER_DOUBLING)))
  return epoch % every === 0
}
