import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sameInstall } from './dependencies.mjs'
import { classifyFailure } from './electron.mjs'
import { setStockFuses } from './fuses.mjs'
import { root } from './paths.mjs'
import { missingLibraries } from './system.mjs'
import { extractZip } from './zip.mjs'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'backprop-studio-setup-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe('.npmrc', () => {
  it('keeps the GPU libraries from being downloaded, without a warning at every command', () => {
    const script = 'process.stdout.write(String(process.env.npm_config_onnxruntime_node_install))'
    const manifest = { name: 'x', version: '1.0.0', scripts: { show: `node -e "${script}"` } }
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest))
    writeFileSync(path.join(folder, '.npmrc'), readFileSync(path.join(root, '.npmrc')))
    // Settings of an npm that runs these tests would come before those of the file.
    const own = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name))
    const shown = spawnSync('npm', ['run', 'show'], {
      cwd: folder,
      env: Object.fromEntries(own),
      encoding: 'utf8',
      shell: process.platform === 'win32'
    })
    expect(shown.stderr).toBe('')
    expect(shown.stdout).toMatch(/skip$/)
  })
})

describe('sameInstall', () => {
  const manifest = { dependencies: { a: '1.0.0' }, devDependencies: { b: '2.0.0' } }
  const lock = {
    packages: {
      '': manifest,
      'node_modules/a': { version: '1.0.0' },
      'node_modules/b': { version: '2.0.0', dev: true },
      'node_modules/c-win32': { version: '3.0.0', optional: true }
    }
  }
  const installed = { packages: { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0' } } }

  it('accepts what the lock file asks for, without the optional packages of other platforms', () => {
    expect(sameInstall(manifest, lock, installed)).toBe(true)
  })

  it.each([
    ['nothing is installed', manifest, lock, null],
    ['the lock file is missing', manifest, null, installed],
    ['a package is missing', manifest, lock, { packages: { 'node_modules/a': { version: '1.0.0' } } }],
    [
      'a version differs',
      manifest,
      lock,
      { packages: { ...installed.packages, 'node_modules/a': { version: '1.0.1' } } }
    ],
    [
      'a package is left over',
      manifest,
      lock,
      { packages: { ...installed.packages, 'node_modules/old': { version: '1.0.0' } } }
    ],
    ['package.json asks for more', { ...manifest, dependencies: { a: '1.0.0', d: '4.0.0' } }, lock, installed]
  ])('refuses when %s', (_, wanted, locked, found) => {
    expect(sameInstall(wanted, locked, found)).toBe(false)
  })
})

describe('classifyFailure', () => {
  it.each([
    'TypeError: fetch failed\n    at node:internal',
    'Error: getaddrinfo ENOTFOUND github.com',
    'HTTPError: Response code 403 (Forbidden) for https://example.org/electron.zip'
  ])('takes "%s" for a download that never arrived', (stderr) => {
    expect(classifyFailure(stderr, null).unreachable).toBe(true)
  })

  it.each([
    'Error: Generated checksum for "electron.zip" did not match expected checksum.',
    'ChecksumMismatchError after fetch failed once',
    'Error: ENOSPC: no space left on device, write',
    ''
  ])('does not fall back after "%s"', (stderr) => {
    expect(classifyFailure(stderr, null).unreachable).toBe(false)
  })
})

describe('missingLibraries', () => {
  it('names each library that ldd does not find, once', () => {
    const output =
      '\tlibnss3.so => not found\n\tlibc.so.6 => /lib/libc.so.6 (0x1)\n\tlibgbm.so.1 => not found\n\tlibnss3.so => not found\n'
    expect(missingLibraries(output)).toEqual(['libnss3.so', 'libgbm.so.1'])
    expect(missingLibraries('\tstatically linked\n')).toEqual([])
  })
})

describe('setStockFuses', () => {
  it('sets the fuses that are there and leaves removed ones and all else alone', () => {
    const marker = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
    const file = path.join(folder, 'electron')
    writeFileSync(file, `before${marker}\u0001\u00070100r11after`)
    setStockFuses(file)
    expect(readFileSync(file, 'utf8')).toBe(`before${marker}\u0001\u00071011r00after`)
  })

  it('refuses a file without fuses', () => {
    const file = path.join(folder, 'electron')
    writeFileSync(file, 'nothing here')
    expect(() => setStockFuses(file)).toThrow('no fuses')
  })
})

interface Member {
  name: string
  text: string
  mode?: number
  checksum?: number
}

/** A zip archive with deflated members, as the format says and no more. */
function zip(members: Member[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, text, mode = 0o100644, checksum = crc32(text) } of members) {
    const packed = deflateRawSync(text)
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(name.length, 26)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(8, 10)
    entry.writeUInt32LE(checksum, 16)
    entry.writeUInt32LE(packed.length, 20)
    entry.writeUInt32LE(Buffer.byteLength(text), 24)
    entry.writeUInt16LE(name.length, 28)
    entry.writeUInt32LE((mode << 16) >>> 0, 38)
    entry.writeUInt32LE(offset, 42)
    parts.push(local, Buffer.from(name), packed)
    directory.push(entry, Buffer.from(name))
    offset += local.length + name.length + packed.length
  }
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt32LE(Buffer.concat(directory).length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, ...directory, end])
}

describe('extractZip', () => {
  const archive = (members: Member[]) => {
    const file = path.join(folder, 'archive.zip')
    writeFileSync(file, zip(members))
    return file
  }
  const out = () => path.join(folder, 'out')

  it('takes the chosen members, with their names changed and their right to run kept', () => {
    const file = archive([
      { name: 'App/App', text: 'program', mode: 0o100755 },
      { name: 'App/data/one.txt', text: 'one '.repeat(1000) },
      { name: 'App/other', text: 'other' }
    ])
    extractZip(file, out(), (name) =>
      name === 'App/App' ? 'electron' : name.endsWith('.txt') ? 'texts/one.txt' : null
    )
    expect(readFileSync(path.join(out(), 'electron'), 'utf8')).toBe('program')
    expect(statSync(path.join(out(), 'electron')).mode & 0o111).toBe(process.platform === 'win32' ? 0 : 0o111)
    expect(readFileSync(path.join(out(), 'texts/one.txt'), 'utf8')).toBe('one '.repeat(1000))
    expect(statSync(path.join(out(), 'other'), { throwIfNoEntry: false })).toBeUndefined()
  })

  it.each<[string, Member]>([
    ['leads out of the folder', { name: '../evil', text: 'x' }],
    ['is absolute', { name: '/tmp/evil', text: 'x' }],
    ['is a link', { name: 'link', text: '/etc/passwd', mode: 0o120777 }]
  ])('refuses a member that %s', (_, member) => {
    expect(() => extractZip(archive([member]), out(), (name) => name)).toThrow('refused the member')
  })

  it('refuses a member whose checksum is wrong, and a file that is no archive', () => {
    expect(() => extractZip(archive([{ name: 'a', text: 'x', checksum: 1 }]), out(), (name) => name)).toThrow(
      'wrong checksum'
    )
    const file = path.join(folder, 'text')
    writeFileSync(file, 'not an archive, but longer than the end record of one')
    expect(() => extractZip(file, out(), (name) => name)).toThrow('not a zip archive')
  })
})
