/** The state of each stage, as the rail shows it and a screen reader says it. */
import { plural } from './format'
import { studio, type Stage } from './studio.svelte'
import { statusText } from './transport'

export type StageState = 'empty' | 'attention' | 'ready' | 'running'

export interface StageInfo {
  readonly state: StageState
  readonly text: string
}

/** Reads the store: reactive where it is called from a template or a `$derived`. */
export function stageInfo(stage: Stage): StageInfo {
  if (studio.dataset === null) return { state: 'empty', text: 'empty: no dataset is open' }
  const errors = studio.problems.filter((problem) => problem.stage === stage && problem.severity === 'error')
  const [first] = errors
  if (first !== undefined) return { state: 'attention', text: `needs attention: ${first.message}` }
  switch (stage) {
    case 'data':
      return { state: 'ready', text: `ready: ${plural(studio.dataset.rows, 'row')}` }
    case 'model': {
      if (studio.description === null) return { state: 'empty', text: 'empty: the data is not ready yet' }
      return { state: 'ready', text: `ready: ${plural(studio.description.parameters, 'parameter')}` }
    }
    case 'train':
      return trainInfo()
    case 'evaluate':
    case 'export':
      return learned() ? { state: 'ready', text: 'ready' } : { state: 'empty', text: 'empty: train the network first' }
    case 'explain':
      return studio.modelSpec === null
        ? { state: 'empty', text: 'empty: the data is not ready yet' }
        : { state: 'ready', text: 'ready' }
  }
}

function trainInfo(): StageInfo {
  const { status } = studio
  switch (status) {
    case 'running':
      return { state: 'running', text: 'running' }
    case 'failed':
      return { state: 'attention', text: 'needs attention: the run failed' }
    case 'paused':
    case 'completed':
    case 'stopped':
      return { state: 'ready', text: `ready: ${statusText(status)}` }
    case null:
      return studio.blocker === null
        ? { state: 'empty', text: 'empty: ready to train' }
        : { state: 'empty', text: 'empty: something must be mended first' }
  }
}

/** True once the network has made at least one step. */
function learned(): boolean {
  return (studio.run?.progress.step ?? 0) > 0
}
