import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  timeout: 60_000,
  // A busy machine may take seconds to start the trainer; what never comes still fails.
  expect: { timeout: 15_000 },
  // One Electron at a time: windows compete for focus, and trainers for the processor. A test that needs a second
  // try is a test that fails.
  workers: 1,
  retries: 0,
  forbidOnly: true,
  reporter: process.stdout.isTTY ? 'line' : 'list'
})
