import { type Expression, type Json, type PolicySpec, isJsonObject } from '../../engine/index.js'
import type { Place } from './landscape.js'

/** The sensors that enrichers give an entity; 'any' where some give whatever another one has. */
export function sensorsGiven(place: Place): readonly string[] | 'any' {
  const own = place.spec.enrichers.filter((one) => !goesToMembers(one))
  const above = place.isMember ? (place.parent?.spec.enrichers.filter(goesToMembers) ?? []) : []
  const enrichers = [...own, ...above]
  return enrichers.some(givesAny) ? 'any' : enrichers.flatMap(given)
}

/** The enricher of an entity's own that gives a sensor. */
export function enricherOf({ spec }: Place, sensor: string): PolicySpec | undefined {
  return spec.enrichers.find((one) => !goesToMembers(one) && given(one).includes(sensor))
}

/** How an enricher is set, under the names of what acts for it. */
export function settingsOf(one: PolicySpec): PolicySpec['config'] {
  return one.acts?.kind === 'policy' ? one.acts.config : one.config
}

/** Without anything that acts for it, it will give nothing, and that is told elsewhere. */
function givesAny(one: PolicySpec): boolean {
  const { all, except } = settingsOf(one)
  return all !== undefined || except !== undefined
}

function goesToMembers(one: PolicySpec): boolean {
  return written(settingsOf(one)['to']) === 'members'
}

const TARGETS = ['target', 'failed', 'recovered'] as const

function given(one: PolicySpec): readonly string[] {
  if (one.acts?.kind === 'sensor') return []
  const config = settingsOf(one)
  const targets = TARGETS.map((key) => written(config[key])).filter((name) => typeof name === 'string')
  return [...targets, ...namesIn(config['sensors'])]
}

/** The names under which a name, a list of names or a map of them is shown. */
function namesIn(expression: Expression | undefined): readonly string[] {
  const value = written(expression)
  const names = isJsonObject(value)
    ? Object.values(value)
    : Array.isArray(value)
      ? (value as Json[])
      : [value]
  return names.filter((name) => typeof name === 'string')
}

/** The value that is written, as far as it is plain. */
function written(expression: Expression | undefined): Json {
  switch (expression?.kind) {
    case 'literal':
      return expression.value
    case 'list':
      return expression.items.map(written)
    case 'map':
      return Object.fromEntries(Object.entries(expression.entries).map(([key, part]) => [key, written(part)]))
    default:
      return null
  }
}
