/** The Explain stage as the window knows it: which tab is open, and the one place that knows how to go there. */
import { microscope } from '../explain/microscope/microscope.svelte'
import { placeOf, type ExplainPlace, type ExplainTabId, type ExplainTarget } from './explainTarget'
import { moment } from './moment.svelte'
import { studio } from './studio.svelte'

class Explain {
  tab = $state<ExplainTabId>('microscope')
  /** The metric that is worked out, a name of the registry or `loss`; null for the first one. */
  metric = $state<string | null>(null)
  /** The value or label, of several, that it is of; null for all. */
  output = $state<string | null>(null)
}

export const explain = new Explain()

/** Opens the place of the Explain stage that explains this. */
export async function explainThis(target: ExplainTarget): Promise<void> {
  const { run } = studio
  const place = placeOf(target, { moments: run?.facts.moments ?? [], epochs: run?.epochs ?? [] })
  if (place.metric !== undefined) {
    explain.metric = place.metric.name
    explain.output = place.metric.output
  }
  if (place.epoch !== undefined) moment.go(place.epoch)
  explain.tab = place.tab
  studio.go('explain')
  if (place.tab === 'microscope') await setMicroscope(place)
}

/** The step of the run in view, with the row that is looked at unless another one is asked for. */
async function setMicroscope({ row, phase, selection }: ExplainPlace): Promise<void> {
  if (studio.run === null) return
  const on = row === undefined ? null : ({ kind: 'row', row } as const)
  await microscope.lookAt({ kind: 'view', epoch: moment.epoch }, on, phase ?? null, selection ?? null)
}
