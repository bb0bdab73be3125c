import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Compiles the runes in *.svelte.ts files, which the state of the renderer is written with.
  plugins: [svelte({ configFile: false })],
  test: {
    include: ['src/**/*.test.ts', 'scripts/**/*.test.ts', 'tests/**/*.test.ts', 'bench/*.test.ts'],
    environment: 'node',
    globalSetup: ['scripts/vitest-kernels.mjs'],
    setupFiles: ['tests/properties.ts'],
    // Generous, so that a busy machine fails no test; a test that hangs still ends.
    testTimeout: 30_000
  }
})
