/** How further files are to be read for a run. */
import type { ReadAs } from '../shared/read-as'
import type { RunRecord } from './record'

/** What was said of the file that the run was trained on; images come in the size and colours that it was trained on. */
export function readAsFor({ data, preparation }: RunRecord): ReadAs {
  const said = data.readAs ?? {}
  const image = preparation.features.find(({ kind }) => kind === 'image')
  if (image?.kind !== 'image') return said
  const { width, height, channels } = image
  return { ...said, image: { ...said.image, width, height, channels } }
}
