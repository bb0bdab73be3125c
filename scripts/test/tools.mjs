/** Runs the tools that the checks consist of. */
import { spawn } from 'node:child_process'

/** How many run at a time when their order does not matter. More would only compete for memory. */
const parallel = 2

/**
 * Runs Node with these arguments, its output shown as it comes.
 * @param {string[]} args
 * @param {Record<string, string>} [environment] added to this process's own
 * @returns {Promise<boolean>} whether it ended with exit status 0
 */
export async function runTool(args, environment = {}) {
  const { ok } = await run(args, environment, 'inherit')
  return ok
}

/**
 * Runs several tools, two at a time. The output of each is shown in one piece, and only when it has any.
 * @param {{ title: string, args: string[] }[]} tools
 * @returns {Promise<boolean>} whether all ended with exit status 0
 */
export async function runEach(tools) {
  const waiting = [...tools]
  let allOk = true
  const worker = async () => {
    for (let tool = waiting.shift(); tool !== undefined; tool = waiting.shift()) {
      const { ok, output } = await run(tool.args, {}, 'pipe')
      console.log(`${ok ? 'ok    ' : 'FAILED'} ${tool.title}`)
      if (!ok) console.log(output.trimEnd())
      allOk &&= ok
    }
  }
  await Promise.all(Array.from({ length: parallel }, worker))
  return allOk
}

/**
 * @param {string[]} args
 * @param {Record<string, string>} environment
 * @param {'inherit' | 'pipe'} output
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
function run(args, environment, output) {
  // Editors that are Electron themselves leave this variable behind; it would turn the studio into a bare Node.
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env
  const tool = spawn(process.execPath, args, { stdio: ['ignore', output, output], env: { ...env, ...environment } })
  let text = ''
  for (const stream of [tool.stdout, tool.stderr]) stream?.setEncoding('utf8').on('data', (chunk) => (text += chunk))
  const stop = () => tool.kill()
  process.once('exit', stop)
  return new Promise((resolve, reject) => {
    tool.on('error', reject)
    tool.on('close', (code) => {
      process.off('exit', stop)
      resolve({ ok: code === 0, output: text })
    })
  })
}
