/** The words of the studio, by topic. Shown by the "?" beside a word. */
import { activations } from './activations'
import { columns } from './columns'
import { data } from './data'
import { explaining } from './explaining'
import { files } from './files'
import { layers } from './layers'
import { layerSettings } from './layer-settings'
import { losses } from './losses'
import { metrics } from './metrics'
import { optimizers } from './optimizers'
import { restraint } from './restraint'
import { schedules } from './schedules'
import type { Term } from './term'
import { training } from './training'

export type { Term } from './term'

const entries = [
  ...data,
  ...columns,
  ...layers,
  ...layerSettings,
  ...activations,
  ...losses,
  ...optimizers,
  ...schedules,
  ...restraint,
  ...training,
  ...metrics,
  ...explaining,
  ...files
].map(([words, term]) => ({ words: typeof words === 'string' ? [words] : words, term }))

/** Keys of the code and labels that people read come to the same: "learningRate", "Learning rate". */
function plain(word: string): string {
  return word.toLowerCase().replace(/\s/g, '')
}

const byWord: ReadonlyMap<string, Term> = new Map(
  entries.flatMap(({ words, term }) => words.map((word) => [plain(word), term] as const))
)

/** The entry of a word, by its key or its label; undefined when the glossary has none. */
export function lookUp(word: string): Term | undefined {
  return byWord.get(plain(word))
}

/** Words of the settings of training: by themselves they mean those, not settings of a layer that have the same key. */
const trainingWords: ReadonlySet<Term> = new Set(
  [...optimizers, ...schedules, ...restraint, ...training, ...losses].map(([, term]) => term)
)

/** The entry of a layer's setting, where the glossary has one that means it. @param type of the layer */
export function settingTerm(type: string, key: string): Term | undefined {
  const term = lookUp(`${type} ${key}`)
  if (term !== undefined) return term
  const common = lookUp(key)
  return common === undefined || trainingWords.has(common) ? undefined : common
}

export const glossaryWords: readonly string[] = entries.flatMap(({ words }) => words)
