/**
 * One build for the three kinds of process: `out/main` (main and trainer, ES modules), `out/preload` (one
 * CommonJS file: a sandboxed preload script cannot be a module) and `out/renderer`.
 *
 * The targets are written down, not derived: electron-vite takes them from the installed npm package, while
 * development and tests may run on an older runtime.
 */
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'electron-vite'
import { resolve } from 'node:path'
import { ensureKernels } from './scripts/build-kernels.mjs'

const NODE_TARGET = 'node20.18'
const CHROME_TARGET = 'chrome130'

/** Packages with native code stay outside the bundle, and what they load with them. All else is bundled. */
const nativePackages = [/^@duckdb\//, /^@napi-rs\//, /^onnxruntime-(node|common)(\/|$)/]

export default defineConfig({
  main: {
    plugins: [{ name: 'kernels', buildStart: () => ensureKernels() }],
    build: {
      target: NODE_TARGET,
      sourcemap: true,
      externalizeDeps: false,
      rolldownOptions: {
        input: {
          index: resolve(import.meta.dirname, 'src/main/index.ts'),
          trainer: resolve(import.meta.dirname, 'src/trainer/index.ts')
        },
        external: nativePackages,
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' }
      }
    }
  },
  preload: {
    build: {
      target: NODE_TARGET,
      sourcemap: true,
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: resolve(import.meta.dirname, 'src/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' }
      }
    }
  },
  renderer: {
    root: resolve(import.meta.dirname, 'src/renderer'),
    plugins: [svelte({ configFile: false, compilerOptions: { runes: true } })],
    build: {
      target: CHROME_TARGET,
      sourcemap: true,
      minify: true,
      // Fonts and images stay files: the content security policy has no `data:` for fonts.
      assetsInlineLimit: 0,
      rolldownOptions: {
        input: resolve(import.meta.dirname, 'src/renderer/index.html'),
        // Svelte's compiler takes most of the time, and says so at every build.
        checks: { bundlerTimings: false }
      }
    }
  }
})
