/** The environment of the trainer: what a program needs to find its folders and language, and nothing else. */

const allowed = new Set([
  'PATH',
  'HOME',
  'USER',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  'TEMP',
  'TMP',
  'LD_LIBRARY_PATH',
  // Windows
  'SYSTEMROOT',
  'WINDIR',
  'SYSTEMDRIVE',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
  'PROGRAMDATA',
  'PATHEXT',
  'NUMBER_OF_PROCESSORS',
  'PROCESSOR_ARCHITECTURE'
])

/**
 * Leaves out tokens, proxies and everything that changes how Node or Electron run (`NODE_OPTIONS`,
 * `ELECTRON_RUN_AS_NODE`). Names are compared without case, as Windows does.
 */
export function childEnvironment(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept: [string, string][] = []
  for (const [name, value] of Object.entries(environment)) {
    const key = name.toUpperCase()
    if (value !== undefined && (allowed.has(key) || key.startsWith('LC_'))) kept.push([name, value])
  }
  return Object.fromEntries(kept)
}
