/** Where things are. */
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))
export const modules = path.join(root, 'node_modules')
export const stampFile = path.join(modules, '.cache', 'backprop-studio', 'setup.json')

/**
 * The text of a file, or null when there is none.
 * @param {string} file
 */
export function readText(file) {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

/**
 * The value of a JSON file, or null when it is missing or broken.
 * @param {string} file
 */
export function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}
