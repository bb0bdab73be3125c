/** The command line: the studio's whole path without a window, on the same engine. */
import { runProgram } from './program'

// npm runs scripts in the project's folder; paths are meant from the folder the person is in.
const { npm_lifecycle_event: script, INIT_CWD: callerFolder } = process.env
if (script === 'cli' && callerFolder !== undefined) process.chdir(callerFolder)

process.exitCode = await runProgram(process.argv.slice(2))
