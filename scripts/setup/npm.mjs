/** Runs npm: the one that started us where there is one, so that its settings and version are kept. */
import { spawnSync } from 'node:child_process'
import path from 'node:path'

/**
 * Runs npm to its end. Its errors and its progress are shown, its results are not.
 * @param {string[]} args
 * @param {string} cwd
 * @returns {boolean} whether it succeeded
 */
export function npm(args, cwd) {
  const own = process.env['npm_execpath']
  const known = own !== undefined && path.basename(own).startsWith('npm-cli')
  const [command, before] = known ? [process.execPath, [own]] : ['npm', []]
  const result = spawnSync(command, [...before, ...args], {
    cwd,
    stdio: ['ignore', 'ignore', 2],
    // On Windows `npm` is a batch file, which only a shell can start; no argument here needs quoting.
    shell: !known && process.platform === 'win32',
    // Optional GPU libraries would be downloaded from outside the registry; the CPU library is in the package.
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' }
  })
  return result.status === 0
}
