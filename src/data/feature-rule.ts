/** How a fitted preparation makes numbers of a column, in a line for people. */
import { timeText } from './dates'
import type { FeaturePreparation, TargetPreparation } from './preparation'

/** `(x − 43.92) / 5.46; missing: 44.45` and the like, with the numbers that were fitted. */
export function featureRule(feature: FeaturePreparation): string {
  const rules = [ruleOf(feature), missingRule(feature)]
  if (feature.kind !== 'raw' && feature.kind !== 'image' && feature.indicator === true)
    rules.push('1 more where missing')
  return rules.filter((rule) => rule !== '').join('; ')
}

/** @param name of one of the columns to predict */
export function targetRule(target: TargetPreparation, name: string): string {
  switch (target.task) {
    case 'regression': {
      const value = target.values.find((each) => each.name === name)
      if (value === undefined || (value.mean === 0 && value.scale === 1)) return 'x as it stands in the file'
      return scaled('x', value)
    }
    case 'multi-label': {
      const [no = '', yes = ''] = target.labels.find((each) => each.name === name)?.classes ?? []
      return `“${yes}” is 1, “${no}” is 0`
    }
    default:
      return 'the number of the class, from 0'
  }
}

function ruleOf(feature: FeaturePreparation): string {
  switch (feature.kind) {
    case 'raw':
      return 'x as it stands in the file'
    case 'number':
      return scaled(feature.transform === 'log1p' ? 'log(1 + x)' : 'x', feature)
    case 'category':
      return '1 for its own category, 0 for the others'
    case 'embedding':
      return `number of its category, from 1; the network learns ${feature.size} ${feature.size === 1 ? 'number' : 'numbers'} for each`
    case 'ordinal':
      return `${scaled('rank', feature)}, ranks from 0`
    case 'boolean': {
      const [no = '', yes] = feature.categories
      return yes === undefined ? `by “${no}”` : `“${yes}” is 1, “${no}” is 0`
    }
    case 'date':
      return `${scaled('year', feature)}; sine and cosine of month, day${feature.hours ? ', weekday and hour' : ' and weekday'}`
    case 'words':
      return '1 for each word that the text has'
    case 'image': {
      const channels = feature.mean.map((mean, at) => scaled('pixel', { mean, scale: feature.scale[at] ?? 1 }))
      return channels.length === 1 ? channels.join('') : `red, green and blue: ${channels.join(', ')}`
    }
  }
}

function missingRule(feature: FeaturePreparation): string {
  switch (feature.kind) {
    case 'raw':
    case 'words':
    case 'image':
      return ''
    case 'date':
      return feature.fill === null ? '' : `missing: ${timeText(feature.fill, feature.hours ? 'datetime' : 'date')}`
    case 'number':
      return feature.fill === null ? '' : `missing: ${short(feature.fill)}`
    default:
      return feature.fill === null ? '' : `missing: “${feature.fill}”`
  }
}

function scaled(what: string, { mean, scale }: { readonly mean: number; readonly scale: number }): string {
  const shift = mean === 0 ? what : `${what} ${mean < 0 ? '+' : '−'} ${short(Math.abs(mean))}`
  if (scale === 1) return shift
  return `${mean === 0 ? shift : `(${shift})`} / ${short(scale)}`
}

/** At most five digits that matter, a real minus sign. */
function short(value: number): string {
  return String(Number(value.toPrecision(5))).replaceAll('-', '−')
}
