/**
 * Threads that walk one tape together, each in its own instance of this module over the same memory. They meet at
 * barriers: a thread waits in a loop for some microseconds, then sleeps until it is woken.
 *
 * Words of a team's block, by bytes from its address; what one thread writes while others wait has a cache line of its own.
 * src/engine/executors/wasm/team.ts reserves and fills it.
 */

/** Counts the meetings. */
const TURN: i32 = 0
/** Threads that have arrived at the meeting that comes next. */
const ARRIVED: i32 = 64
/** Threads that may be asleep before it. */
const SLEEPING: i32 = 128
/** What those do that were called: address of the control words, number of steps. */
const CONTROL: i32 = 192
const STEPS: i32 = 196
/** Whether another step is taken: written by thread 0 between two meetings. */
const GOES_ON: i32 = 200
/** 1 once thread 0 has waited for longer than it has patience: the others then leave. */
const BROKEN: i32 = 256
/** Milliseconds that thread 0 waits at one meeting. */
const PATIENCE: i32 = 260
/** Threads that wait for work, thread 0 left out. */
const READY: i32 = 264
/** From here a line for each thread: the number of times it was called. */
const CALLS: i32 = 320
const LINE: i32 = 64

/** Turns of a waiting loop before sleep, about 40 µs: as long as it takes to fall asleep and be woken. */
const SPINS: i32 = 40000

/**
 * Waits until all have come here.
 * @returns false when thread 0 gave up: what the memory holds then is no longer of use
 */
export function meet(team: usize, part: i32, parts: i32): bool {
  const turn = atomic.load<i32>(team, TURN)
  if (atomic.add<i32>(team, 1, ARRIVED) == parts - 1) {
    atomic.store<i32>(team, 0, ARRIVED)
    nextTurn(team)
    return true
  }
  for (let i = 0; i < SPINS; i++) {
    if (atomic.load<i32>(team, TURN) != turn) return atomic.load<i32>(team, BROKEN) == 0
  }
  atomic.add<i32>(team, 1, SLEEPING)
  const patience: i64 = part == 0 ? 1000000 * <i64>atomic.load<i32>(team, PATIENCE) : -1
  while (atomic.load<i32>(team, TURN) == turn) {
    if (atomic.wait<i32>(team + TURN, turn, patience) == AtomicWaitResult.TIMED_OUT) {
      atomic.store<i32>(team, 1, BROKEN)
      nextTurn(team)
    }
  }
  atomic.sub<i32>(team, 1, SLEEPING)
  return atomic.load<i32>(team, BROKEN) == 0
}

function nextTurn(team: usize): void {
  atomic.add<i32>(team, 1, TURN)
  // Whoever sleeps has said so before it looked at the turn a last time.
  if (atomic.load<i32>(team, SLEEPING) != 0) atomic.notify(team + TURN)
}

/** Thread 0 calls threads 1 … parts − 1 to take steps with it. */
export function call(team: usize, control: usize, steps: i32, parts: i32): void {
  store<i32>(team, <i32>control, CONTROL)
  store<i32>(team, steps, STEPS)
  for (let part = 1; part < parts; part++) {
    const calls = team + CALLS + LINE * part
    atomic.add<i32>(calls, 1)
    atomic.notify(calls)
  }
}

/** Says that this thread is there. */
export function report(team: usize): void {
  atomic.add<i32>(team, 1, READY)
  atomic.notify(team + READY)
}

/** Sleeps until thread 0 calls again. @param known calls so far @returns calls now */
export function awaitCall(team: usize, part: i32, known: i32): i32 {
  const calls = team + CALLS + LINE * part
  for (let i = 0; i < SPINS; i++) if (atomic.load<i32>(calls) != known) return known + 1
  while (atomic.load<i32>(calls) == known) atomic.wait<i32>(calls, known)
  return known + 1
}

export function calledControl(team: usize): usize {
  return load<i32>(team, CONTROL)
}

export function calledSteps(team: usize): i32 {
  return load<i32>(team, STEPS)
}

/** Tells the others whether there is another step. */
export function decide(team: usize, goesOn: bool): void {
  store<i32>(team, goesOn ? 1 : 0, GOES_ON)
}

export function goesOn(team: usize): bool {
  return load<i32>(team, GOES_ON) != 0
}
