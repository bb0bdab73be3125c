/**
 * Copies ONNX's own operator tests ("node tests") out of the release's test data into one file of the repository,
 * so that they run everywhere. Run again after installing another release:
 *
 *     apt-get install libonnx-testdata && npx tsx scripts/make-onnx-tests.ts [folder of node tests]
 *
 * See tests/onnx/README.md for source and licence.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { StoredCorpus } from '../tests/onnx/corpus'

/** Tests with more bytes of data than this are named but not copied, to keep the repository small. */
const MAX_BYTES = 400_000

const PACKAGE = 'libonnx-testdata'
const [folder = '/usr/lib/python3/dist-packages/onnx/backend/test/data/node'] = process.argv.slice(2)
const target = fileURLToPath(new URL('../tests/onnx/node-tests.json', import.meta.url))

/** Distinct files in base64; many tests share theirs. */
const files = new Map<string, number>()

function store(bytes: Buffer): number {
  const text = bytes.toString('base64')
  const index = files.get(text) ?? files.size
  files.set(text, index)
  return index
}

/** `input_2.pb` before `input_10.pb`. */
function numbered(names: readonly string[], prefix: string): string[] {
  const place = (name: string) => Number(/(\d+)\.pb$/.exec(name)?.[1])
  return names.filter((name) => name.startsWith(prefix)).sort((a, b) => place(a) - place(b))
}

const tests = readdirSync(folder)
  .filter((name) => name.startsWith('test_'))
  .sort()
  .map((name): StoredCorpus['tests'][number] => {
    const data = join(folder, name, 'test_data_set_0')
    const names = readdirSync(data)
    const read = (prefix: string) => numbered(names, prefix).map((file) => readFileSync(join(data, file)))
    const inputs = read('input_')
    const outputs = read('output_')
    const bytes = [...inputs, ...outputs].reduce((sum, file) => sum + file.length, 0)
    const entry = {
      name: name.slice('test_'.length),
      model: store(readFileSync(join(folder, name, 'model.onnx'))),
      bytes
    }
    return bytes > MAX_BYTES ? entry : { ...entry, inputs: inputs.map(store), outputs: outputs.map(store) }
  })

const version = execFileSync('dpkg-query', ['--show', '--showformat=${Version}', PACKAGE], { encoding: 'utf8' })
const lines = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).join(',\n')
writeFileSync(
  target,
  `{"package":"${PACKAGE}","version":"${version}","tests":[\n${lines(tests)}\n],"files":[\n${lines([...files.keys()])}\n]}\n`
)
console.log(`${tests.length} tests, ${files.size} files in ${target}`)
