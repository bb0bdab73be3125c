/** Words inside the ONNX file: whether a text has each of them. */
import { foldLetter, type FeaturePreparation } from '../../../data'
import type { OnnxBuilder } from '../builder'
import { dataType } from '../proto'
import { emptyTexts, replaced, withIndicator } from './missing'

type WordsFeature = Extract<FeaturePreparation, { kind: 'words' }>

/** Text [N, 1] → [N, words]. */
export function wordsBlock(builder: OnnxBuilder, feature: WordsFeature): string {
  const { name, words } = feature
  const found = words.map((word) =>
    builder.node('RegexFullMatch', [name], { attributes: [['pattern', patternOf(word)]], hint: `${name}.${word}` })
  )
  const all = builder.node('Concat', found, { attributes: [['axis', 1]], hint: `${name}.found` })
  const block = builder.node('Cast', [all], { attributes: [['to', dataType.float]], hint: `${name}.words` })
  if (feature.indicator === true) return withIndicator(builder, block, emptyTexts(builder, name))
  return feature.required === true ? replaced(builder, block, emptyTexts(builder, name), NaN) : block
}

/** A text (RE2) with the word between its ends or characters that are no letters, each letter in any of its forms. */
function patternOf(word: string): string {
  const letters = Array.from(word, (letter) => `[${letter}${(formsOf().get(letter) ?? []).join('')}]`).join('')
  return `(?s)(?:.*[^\\pL\\pM])?${letters}(?:[^\\pL\\pM].*)?`
}

let forms: Map<string, string[]> | null = null

/** Every other letter that is taken for a letter: upper case, and signs such as the Kelvin's. All are in the first two planes. */
function formsOf(): Map<string, string[]> {
  if (forms !== null) return forms
  forms = new Map()
  for (let point = 0; point < 0x20000; point++) {
    // Surrogates are no characters.
    if (point >= 0xd800 && point <= 0xdfff) continue
    const letter = String.fromCodePoint(point)
    const folded = foldLetter(letter)
    if (folded !== letter && /\p{L}|\p{M}/u.test(letter)) forms.set(folded, [...(forms.get(folded) ?? []), letter])
  }
  return forms
}
