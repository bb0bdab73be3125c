/** The peers, and how each is run at its best. A peer is one entry here and one adapter in `bench/peers`. */
import os from 'node:os'
import process from 'node:process'
import { Peer, type PeerSpec } from './peer'

/** Debian's packages are those of Debian's Python. */
const PYTHON = '/usr/bin/python3'
const NPM_INSTALL = 'npm run bench:peers'
const threads = [...new Set([1, os.availableParallelism()])]

/**
 * Threads of OpenMP and OpenBLAS, and an allocator that keeps its pages: without that, every step of a big network maps
 * and unmaps its gradients anew.
 */
function numericPython(count: number): Record<string, string> {
  return {
    OMP_NUM_THREADS: String(count),
    OPENBLAS_NUM_THREADS: String(count),
    MALLOC_MMAP_THRESHOLD_: String(2 ** 32),
    MALLOC_TRIM_THRESHOLD_: String(2 ** 34)
  }
}

export const peerSpecs: readonly PeerSpec[] = [
  {
    name: 'PyTorch',
    command: [PYTHON, 'bench/peers/torch_steps.py'],
    threads,
    environment: numericPython,
    install: 'apt-get install python3-torch libopenblas0'
  },
  {
    name: 'scikit-learn',
    command: [PYTHON, 'bench/peers/sklearn_steps.py'],
    threads,
    environment: numericPython,
    install: 'apt-get install python3-sklearn libopenblas0'
  },
  {
    name: 'TensorFlow.js (wasm)',
    command: [process.execPath, 'bench/peers/tfjs_steps.mjs'],
    threads: [1],
    install: NPM_INSTALL
  },
  { name: 'brain.js', command: [process.execPath, 'bench/peers/brain_steps.mjs'], threads: [1], install: NPM_INSTALL },
  {
    name: 'TensorFlow Playground',
    command: [process.execPath, '--import', 'tsx', 'bench/peers/playground_steps.mjs'],
    threads: [1],
    install: 'git clone https://github.com/tensorflow/playground bench/peers/playground'
  }
]

/** Those that are installed, running; of the others one line on stderr each. */
export async function startPeers(): Promise<Peer[]> {
  const started: Peer[] = []
  for (const spec of peerSpecs) {
    const problems = new Set<string>()
    for (const peer of spec.threads.map((count) => new Peer(spec, count))) {
      const problem = await peer.start()
      if (problem === null) started.push(peer)
      else problems.add(problem)
    }
    if (problems.size > 0) {
      console.error(`Without ${spec.name}: ${[...problems].join('; ')}. To get it: ${spec.install}`)
    }
  }
  return started
}
