/**
 * What a lesson is made of. A lesson is one Markdown file: text, and between it fenced blocks of JSON (`docs/lessons.md`). What
 * is in a block is parsed by the schemas here; they are the reference of the format.
 */
import * as v from 'valibot'
import { benchSchema, benchSteps, benchTrialSchema } from '../bench'
import { depthChoiceSchema } from '../gradient-views'
import { configSchema } from '../setup'

/** A Markdown text of one paragraph or a few: `**bold**`, `*emphasis*`, `` `code` ``, lists, `$formula$`. */
const text = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(4000))
const partName = v.pipe(v.string(), v.minLength(1), v.maxLength(200))
const index = v.pipe(v.number(), v.integer(), v.minValue(0))
/** How benches of a lesson are called within it. */
const benchName = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,39}$/, 'expected small letters, digits and "-"'))

// ── Questions ────────────────────────────────────────────────────────────────────────────────────────────────

/** One of them is right. What is said when it is chosen says why it is, or why not. */
const choicesSchema = v.pipe(
  v.array(v.strictObject({ text, right: v.optional(v.boolean(), false), because: text })),
  v.minLength(2),
  v.maxLength(6),
  v.check(
    (choices) => choices.filter(({ right }) => right).length === 1,
    'expected exactly one choice with "right": true'
  ),
  v.readonly()
)

/** A number of a step on a bench, as the engine has it: answers are never written down, so they cannot be wrong. */
export const benchNumberSchema = v.variant('of', [
  /** Of a unit: z = Σ w·x + b, a = f(z), δ = ∂E/∂z. */
  v.strictObject({ of: v.picklist(['z', 'a', 'delta']), layer: partName, unit: index }),
  /** Of one number of a parameter, row by row: before the step, ∂E/∂w, after the step. */
  v.strictObject({ of: v.picklist(['before', 'gradient', 'after']), parameter: partName, index }),
  /** E of the row. */
  v.strictObject({ of: v.literal('loss') })
])

const place = { bench: benchName, row: v.optional(index, 0), after: v.optional(benchSteps, 0) }

const numberSchema = v.strictObject({
  /** Which bench, with which of its rows (from 0), after how many steps. */
  ...place,
  number: benchNumberSchema,
  /** How far off an answer may be and still be right. */
  within: v.optional(v.pipe(v.number(), v.gtValue(0)), 0.005)
})

/** What one is asked: to choose, or to work a number out. Said once it is answered: `then`. */
const questionSchema = v.pipe(
  v.strictObject({
    ask: text,
    choices: v.optional(choicesSchema),
    answer: v.optional(numberSchema),
    then: v.optional(text)
  }),
  v.check(
    ({ choices, answer }) => (choices === undefined) !== (answer === undefined),
    'expected either "choices" or "answer"'
  )
)

/** What one says will happen before it does. */
const prediction = {
  predict: v.optional(v.strictObject({ ask: text, choices: choicesSchema })),
  then: v.optional(text)
}

// ── Blocks, by the word behind their fence ───────────────────────────────────────────────────────────────────

/** Before everything else; what the list of lessons says of it. */
export const lessonHeadSchema = v.strictObject({
  /** One sentence. */
  summary: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200)),
  minutes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(60))
})

/** Declares a bench; nothing is shown. */
export const benchBlockSchema = v.strictObject({ name: benchName, ...benchSchema.entries })

export const blockSchemas = {
  question: questionSchema,
  /** One step on a bench, to walk through, at a phase of the walk and with a part chosen. */
  microscope: v.strictObject({
    ...place,
    at: v.optional(
      v.variant('phase', [
        v.strictObject({ phase: v.picklist(['forward', 'backward']), layer: partName }),
        v.strictObject({ phase: v.picklist(['error', 'descent']) })
      ])
    ),
    choose: v.optional(
      v.variant('kind', [
        v.strictObject({ kind: v.literal('unit'), layer: partName, unit: index }),
        v.strictObject({ kind: v.literal('weight'), parameter: partName, index })
      ])
    )
  }),
  /** Trainings on a bench beside one another: their loss step by step and, of one or two inputs, what they answer in the end. */
  trial: v.strictObject({
    bench: benchName,
    steps: benchTrialSchema.entries.steps,
    variants: benchTrialSchema.entries.variants,
    ...prediction
  }),
  /** Optimizers on a surface, as the Race has them. */
  race: v.strictObject({
    surface: partName,
    start: v.pipe(v.strictTuple([v.pipe(v.number(), v.finite()), v.pipe(v.number(), v.finite())]), v.readonly()),
    steps: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(3000)),
    lanes: v.pipe(
      v.array(v.strictObject({ type: partName, config: v.optional(configSchema, {}) })),
      v.minLength(1),
      v.maxLength(4),
      v.readonly()
    ),
    ...prediction
  }),
  /** What of the error reaches each layer of a deep network on the rows of a bench, with several activations. */
  depth: v.strictObject({ bench: benchName, choice: depthChoiceSchema, ...prediction }),
  /** ∂E/∂z of an output under each loss, over z. */
  'output-gradients': v.strictObject({ ...prediction })
} as const

export type BlockKind = keyof typeof blockSchemas
export type BlockOf<Kind extends BlockKind> = Readonly<v.InferOutput<(typeof blockSchemas)[Kind]>>
export type Question = BlockOf<'question'>
export type Choices = Readonly<v.InferOutput<typeof choicesSchema>>
export type Prediction = NonNullable<BlockOf<'trial'>['predict']>
export type BenchNumber = Readonly<v.InferOutput<typeof benchNumberSchema>>
export type BenchBlock = Readonly<v.InferOutput<typeof benchBlockSchema>>
export type LessonHead = Readonly<v.InferOutput<typeof lessonHeadSchema>>

// ── A parsed lesson ──────────────────────────────────────────────────────────────────────────────────────────

/** A piece of a line. */
export type Inline =
  | { readonly kind: 'text' | 'code' | 'math'; readonly text: string }
  | { readonly kind: 'strong' | 'em'; readonly inlines: readonly Inline[] }

/** A piece of text. */
export type Prose =
  | { readonly kind: 'paragraph'; readonly inlines: readonly Inline[] }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Inline[])[] }
  /** TeX on a line of its own. */
  | { readonly kind: 'formula'; readonly tex: string }

export type LessonBlock =
  | { readonly kind: 'prose'; readonly prose: readonly Prose[] }
  | { [Kind in BlockKind]: { readonly kind: Kind; readonly block: BlockOf<Kind> } }[BlockKind]

export interface LessonPage {
  readonly title: string
  readonly blocks: readonly LessonBlock[]
}

export interface Lesson extends LessonHead {
  readonly title: string
  readonly benches: readonly BenchBlock[]
  /** One or more. */
  readonly pages: readonly LessonPage[]
}
