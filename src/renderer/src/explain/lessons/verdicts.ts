/** What is said to answers and predictions. */
import type { Choices } from '../../../../shared/lessons/lesson'

export interface Verdict {
  /** null: nothing was right or wrong. */
  readonly right: boolean | null
  readonly title: string
  /** Markdown. */
  readonly texts: readonly string[]
}

const some = (...texts: readonly (string | undefined)[]) => texts.filter((text) => text !== undefined)

/** To each choice of a question. @param then said with the right one */
export function choiceVerdicts(choices: Choices, then: string | undefined): readonly Verdict[] {
  return choices.map(({ right, because }) =>
    right
      ? { right, title: 'Right.', texts: some(because, then) }
      : { right, title: 'Not quite.', texts: [because, 'Choose another one and check again.'] }
  )
}

/** To each prediction, once it was run: what happened is said in any case. */
export function predictionVerdicts(choices: Choices, then: string | undefined): readonly Verdict[] {
  return choices.map(({ right, because }) => ({
    right,
    title: right ? 'As you predicted.' : 'It went another way.',
    texts: some(because, then)
  }))
}

/** After a run without a prediction; null where nothing is to be said. */
export function plainVerdict(choices: Choices | undefined, then: string | undefined): Verdict | null {
  const texts = some(choices?.find(({ right }) => right)?.because, then)
  return texts.length === 0 ? null : { right: null, title: 'What happened', texts }
}

/** To a number: what it was may be told, so that one sees what is answered. */
export const numberVerdicts = {
  right: (then: string | undefined): Verdict => ({ right: true, title: 'Right.', texts: some(then) }),
  wrong: (typed: string): Verdict => ({
    right: false,
    title: `Not ${typed}.`,
    texts: ['Work it out once more and check again, or have the answer shown.']
  }),
  otherSign: (typed: string): Verdict => ({
    right: false,
    title: `Not ${typed}, but close.`,
    texts: ['The size is right, the sign is not. Which way does it point?']
  }),
  unreadable: { right: false, title: 'That is no number.', texts: ['Write one such as `0.25`, `0,25` or `1/4`.'] },
  shown: (answer: string, then: string | undefined): Verdict => ({
    right: null,
    title: `It is ${answer}.`,
    texts: some(then)
  })
} as const
