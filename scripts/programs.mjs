/** Where the command-line programs of the installed packages are, so that they run without a shell. */
import path from 'node:path'
import { modules, readJson } from './setup/paths.mjs'

/**
 * Arguments for Node that run a program of a package.
 * @param {string} packageName
 * @param {string} [program] its name in the package's `bin`, where that is not the name of the package
 * @returns {string[]}
 */
export function program(packageName, program = packageName) {
  const { bin } = readJson(path.join(modules, packageName, 'package.json'))
  return [path.join(modules, packageName, typeof bin === 'string' ? bin : bin[program])]
}

/** Arguments for Node that run the studio's command line from the project's folder. */
export const commandLine = ['--import', 'tsx', 'src/cli/index.ts']
