/** How many tests passed and failed, from the reports of the test runners. */
import { readJson } from '../setup/paths.mjs'

/** @typedef {{ passed: number, failed: number }} Counts */

/**
 * @param {string} file report of Vitest's `json` reporter
 * @param {boolean} ok whether Vitest itself ended well
 * @returns {Counts}
 */
export function vitestCounts(file, ok) {
  const report = readJson(file)
  // A file that cannot even be loaded has no tests to count: it is one failure.
  const broken = (report?.testResults ?? []).filter(
    (/** @type {any} */ result) =>
      result.status === 'failed' && !result.assertionResults.some((/** @type {any} */ test) => test.status === 'failed')
  )
  return consistent({ passed: report?.numPassedTests ?? 0, failed: (report?.numFailedTests ?? 0) + broken.length }, ok)
}

/**
 * @param {string} file report of Playwright's `json` reporter
 * @param {boolean} ok whether Playwright itself ended well
 * @returns {Counts}
 */
export function playwrightCounts(file, ok) {
  const { stats, errors = [] } = readJson(file) ?? {}
  const failed = (stats?.unexpected ?? 0) + (stats?.flaky ?? 0)
  return consistent({ passed: stats?.expected ?? 0, failed: Math.max(failed, errors.length > 0 ? 1 : 0) }, ok)
}

/**
 * A runner that ended badly has failed, whatever its report says or does not say.
 * @param {Counts} counts
 * @param {boolean} ok
 * @returns {Counts}
 */
function consistent(counts, ok) {
  return ok || counts.failed > 0 ? counts : { ...counts, failed: 1 }
}
