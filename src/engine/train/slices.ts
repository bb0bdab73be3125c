/** What work in slices comes to, done at once. */
export function resultOf<T>(work: Generator<undefined, T>): T {
  for (;;) {
    const next = work.next()
    if (next.done === true) return next.value
  }
}
