/** Runs ONNX's operator tests, prints which are covered and writes the list to docs/onnx-operators.md. */
import { writeFileSync } from 'node:fs'
import { readCorpus } from '../tests/onnx/corpus'
import { listOf, runAll } from '../tests/onnx/report'

const corpus = readCorpus()
const results = runAll(corpus.tests)
const list = listOf(corpus, results)
writeFileSync(new URL('../docs/onnx-operators.md', import.meta.url), list)
console.log(list)
if (results.some(({ outcome }) => outcome.kind === 'failed')) process.exitCode = 1
