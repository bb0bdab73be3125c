/** For tests of the command line: runs it as a process of its own, as people do. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { vi } from 'vitest'
import { runProgram } from './program'

export const projectFolder = path.resolve(import.meta.dirname, '../..')
export const irisFile = path.join(projectFolder, 'resources/samples/iris.csv')

export interface CliResult {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * Starts the command line in `folder`; `result` resolves when it has ended.
 * @param script what bash does first, to make the system another one
 */
export function startCli(
  args: readonly string[],
  folder: string,
  script?: string
): { process: ChildProcess; result: Promise<CliResult> } {
  const command = ['--import', import.meta.resolve('tsx'), path.join(projectFolder, 'src/cli/index.ts'), ...args]
  const [program, given] =
    script === undefined
      ? [process.execPath, command]
      : ['bash', ['-c', `${script}; exec "$0" "$@"`, process.execPath, ...command]]
  const child = spawn(program, given, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
  const result = new Promise<CliResult>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) => resolve({ status, stdout, stderr }))
  })
  return { process: child, result }
}

export function runCli(args: readonly string[], folder: string): Promise<CliResult> {
  return startCli(args, folder).result
}

/**
 * The same within this process: quick, for cases that differ in little. Not for several at a time.
 * @param onFirstOutput called, before the command goes on, when it first writes to stdout
 */
export async function callCli(args: readonly string[], onFirstOutput?: () => void): Promise<CliResult> {
  const capture = (stream: NodeJS.WriteStream) => {
    let text = ''
    const spy = vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      if (stream === process.stdout && text === '') onFirstOutput?.()
      text += String(chunk)
      return true
    })
    return () => {
      spy.mockRestore()
      return text
    }
  }
  const endOutput = capture(process.stdout)
  const endErrors = capture(process.stderr)
  const status = await runProgram(args)
  return { status, stdout: endOutput(), stderr: endErrors() }
}

/** The objects of JSON lines. */
export function jsonLines(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown)
}

/** A new folder with these files, and how to remove it. */
export async function temporaryFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<{
  folder: string
  remove: () => Promise<void>
}> {
  const folder = await mkdtemp(path.join(tmpdir(), 'backprop-studio-cli-'))
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(folder, name), content)
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** A CSV text: the header and one line for each row number from 0. */
export function csv(header: string, rows: number, line: (row: number) => string): string {
  return [header, ...Array.from({ length: rows }, (_, row) => line(row)), ''].join('\n')
}
