import { type JsonObject, required } from '../../engine/index.js'
import { ownValue, sharedValue } from '../rules/readings.js'
import { type Doubt, missing, stale } from './doubt.js'
import type { Loads } from './loads.js'
import type { AutoscaleMemory, Told } from './memory.js'
import type { PoolVerdict } from './pool-verdict.js'
import type { Tally } from './roster.js'
import type { AutoscaleSettings, Metric, Source } from './settings.js'

/** What one metric says of the pool at one time. */
export interface Survey {
  /** All that there is to do: the readings of ready members, or what was told for all. */
  readonly total: number
  /** What it says, for reasons. */
  readonly text: string
  /** When it is to be looked at again because of the age of what it goes by. */
  readonly staleAt?: number
  /** Why the total is not to be trusted. */
  readonly doubt?: Doubt
  /** What is wanted, and in which directions, where that is told with it. */
  readonly event?: PoolVerdict
}

/** What is known at one time. */
export interface Scene {
  readonly settings: AutoscaleSettings
  readonly memory: AutoscaleMemory
  readonly tally: Tally
  readonly now: number
}

/** What a metric says. */
export function surveyOf(metric: Metric, scene: Scene): Survey {
  const { source } = metric
  switch (source.kind) {
    case 'members':
      return surveyOfLoads(metric, scene)
    case 'entity':
      return surveyOfTold(metric, source.measures, scene)
    case 'formula':
      return surveyOfFormula(metric, source, scene)
    case 'events':
      return surveyOfEvent(metric, scene)
  }
}

/** Adds up what is known. Enough of the ready members must have told their load lately, or there is doubt. */
function surveyOfLoads({ name, label, staleAfter, coverage }: Metric, { memory, tally, now }: Scene): Survey {
  const loads = memory.loads[name] ?? {}
  const { ready } = tally
  const known = ready.flatMap((path) => {
    const load = loads[path]
    return load !== undefined && now - load.at <= staleAfter ? [load] : []
  })
  const sum = known.reduce((total, { value }) => total + value, 0)
  const isEnough = known.length > 0 && known.length >= coverage * ready.length
  if (!isEnough) return { total: sum, text: label, doubt: doubtAbout(ready, loads, now, staleAfter) }
  const total = (sum * ready.length) / known.length
  const text = averageText(label, total / ready.length, ready.length)
  return { total, text, staleAt: staleAtWith(known, coverage * ready.length) + staleAfter + 1 }
}

/** When the reading was told with which enough is known: as soon as it is stale, there is doubt. */
function staleAtWith(known: readonly { readonly at: number }[], needed: number): number {
  const times = known.map(({ at }) => at).sort((a, b) => b - a)
  return times[Math.max(1, Math.ceil(needed)) - 1] ?? Infinity
}

function doubtAbout(ready: readonly string[], loads: Loads, now: number, staleAfter: number): Doubt {
  if (ready.length === 0)
    return { rule: 'no-ready-members', reason: 'no member is up, so there is no load to go by' }
  const silent = ready.find((path) => loads[path] === undefined)
  if (silent !== undefined) return missing(silent)
  const old = required(
    ready.find((path) => now - (loads[path]?.at ?? now) > staleAfter),
    'a stale reading',
  )
  return stale(old, now - (loads[old]?.at ?? now))
}

function surveyOfTold(
  { name, label, staleAfter }: Metric,
  measures: 'average' | 'total',
  { memory, now }: Scene,
): Survey {
  const told = memory.told[name]
  if (told === undefined) return { total: 0, text: label, doubt: missing(label) }
  if (now - told.at > staleAfter) return { total: 0, text: label, doubt: stale(label, now - told.at) }
  return { ...measured(label, measures, told), staleAt: told.at + staleAfter + 1 }
}

function measured(label: string, measures: 'average' | 'total', { value, members }: Told): Survey {
  if (measures === 'total') return { total: value, text: `${label} is ${rounded(value)}` }
  return { total: value * members, text: averageText(label, value, members) }
}

/** What it names may be missing, and it may give nothing that can be believed. */
function surveyOfFormula(
  { name, label }: Metric,
  source: Extract<Source, { kind: 'formula' }>,
  scene: Scene,
): Survey {
  const { settings, memory, tally, now } = scene
  const values: { [name: string]: JsonObject[string] } = { count: tally.present, up: tally.ready.length, now }
  for (const reading of source.expression.names) {
    if (!Object.hasOwn(settings.readings, reading)) continue
    const known = readingOf(reading, scene)
    if ('missing' in known)
      return {
        total: 0,
        text: label,
        doubt: { rule: 'missing-reading', reason: `${reading}: ${known.missing}` },
      }
    values[reading] = known.value
  }
  const result = source.expression.evaluate(values)
  const value = 'value' in result ? result.value : undefined
  const wrong = 'fault' in result ? result.fault : `it gives ${JSON.stringify(value)}`
  if (typeof value !== 'number' || value < 0)
    return { total: 0, text: label, doubt: { rule: 'formula', reason: `${label}: ${wrong}` } }
  const members = memory.told[name]?.members ?? tally.ready.length
  return { ...measured(label, source.measures, { value, members, at: now }), ...staleWith(source, scene) }
}

function readingOf(name: string, { settings, memory, tally, now }: Scene): ReturnType<typeof ownValue> {
  const spec = required(settings.readings[name], 'a reading that a formula names')
  const samples = memory.samples[name] ?? {}
  if (spec.of === 'self') return ownValue(samples, settings.role, spec, now)
  return sharedValue(samples, spec, { expected: spec.of === 'children' ? [] : tally.ready, now })
}

function staleWith(
  { expression }: Extract<Source, { kind: 'formula' }>,
  scene: Scene,
): Pick<Survey, 'staleAt'> {
  const { settings, memory, now } = scene
  const times = [...expression.names].flatMap((name) => {
    const { staleAfter = 0 } = settings.readings[name] ?? {}
    return Object.values(memory.samples[name] ?? {}).flatMap((all) => {
      const at = (all.at(-1)?.[0] ?? -Infinity) + staleAfter + 1
      return at > now ? [at] : []
    })
  })
  return times.length === 0 ? {} : { staleAt: Math.min(...times) }
}

function surveyOfEvent({ name, label, staleAfter }: Metric, { memory, now }: Scene): Survey {
  const event = memory.events[name]
  if (event === undefined) return { total: 0, text: label, doubt: missing(label) }
  if (now - event.at > staleAfter) return { total: 0, text: label, doubt: stale(label, now - event.at) }
  const text = `the pool is said to be ${event.says}`
  return { total: event.total, text, staleAt: event.at + staleAfter + 1, event }
}

function averageText(label: string, average: number, members: number): string {
  return `average ${label} of ${members} members is ${rounded(average)}`
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
