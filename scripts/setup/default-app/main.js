/**
 * What Electron runs when it is started as `electron <folder>`: it finds the app in that folder and starts it. The
 * registry's runtime comes without one.
 *
 * The top-level `await` matters: Electron holds back `ready` until an ESM entry has finished, so the app's own entry
 * can still do what must be done before `ready`, such as registering its protocol.
 */
import { app } from 'electron'
import fs from 'node:fs'
import Module from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const { preloads, target } = readArguments(process.argv.slice(1))
if (target === null) {
  console.error('usage: electron <app folder or entry file>')
  process.exit(1)
}
Module._preloadModules(preloads)
Object.defineProperty(process, 'defaultApp', { configurable: false, enumerable: true, value: true })

const location = path.resolve(target)
const manifest = path.join(location, 'package.json')
const isFolder = fs.existsSync(manifest)
if (isFolder) {
  const { name, productName, version, desktopName } = JSON.parse(fs.readFileSync(manifest, 'utf8'))
  if (version) app.setVersion(version)
  app.name = productName || name || 'Electron'
  if (process.platform === 'linux') app.setDesktopName(desktopName || `${app.name}.desktop`)
}
const entry = Module._resolveFilename(location, null, true)
app.setAppPath(isFolder ? location : path.dirname(entry))
await import(pathToFileURL(entry).href)

/** @param {string[]} args */
function readArguments(args) {
  const preloads = []
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]
    if (arg === '-r' || arg === '--require') preloads.push(args[++index])
    else if (arg === '-v' || arg === '--version') print(`v${process.versions.electron}`)
    else if (arg === '-a' || arg === '--abi') print(process.versions.modules)
    else if (!arg.startsWith('-')) return { preloads, target: arg }
  }
  return { preloads, target: null }
}

function print(text) {
  console.log(text)
  process.exit(0)
}
