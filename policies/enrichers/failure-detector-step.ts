import type { JsonObject, MemberCondition, Reading, SensorYield } from '../../engine/index.js'
import { conditionIn } from '../members.js'
import { type Enriched, LAYOUT, unchanged, yieldOf } from './enricher.js'

/** How a failure detector is set. Times in milliseconds. */
export interface DetectorSettings {
  readonly failedAfter: number
  readonly recoveredAfter: number
  /** 0: a failure is told once. */
  readonly republish: number
  readonly onlyIfPreviouslyUp: boolean
  readonly failed: string
  readonly recovered: string
}

type Bearing = 'well' | 'failing' | 'neither'

/** What a failure detector remembers. */
export interface DetectorMemory extends JsonObject {
  readonly layout: typeof LAYOUT
  readonly wasUp: boolean
  readonly bearing: Bearing
  /** Since when without a break, and why. */
  readonly since: number
  readonly reason: string
  /** What was told last, and when; failure and recovery alternate. */
  readonly told: 'failed' | 'recovered' | null
  readonly toldAt: number
}

/** Nothing is known. */
export const UNSEEN: DetectorMemory = {
  layout: LAYOUT,
  wasUp: false,
  bearing: 'neither',
  since: 0,
  reason: '',
  told: null,
  toldAt: 0,
}

/**
 * Tells a failure that has lasted, and then a recovery that has.
 * @source Brooklyn: ServiceFailureDetector. Nothing is told before it was up once, nor while it is not wanted running.
 */
export function stepDetector(
  path: string,
  settings: DetectorSettings,
  told: { readonly memory: DetectorMemory; readonly reading: Reading },
  now: number,
): Enriched<DetectorMemory> {
  const memory = seen(told.memory, told.reading)
  const due = dueAt(settings, memory)
  if (due === undefined) return unchanged(memory)
  if (due > now) return { ...unchanged(memory), wakeAt: due }
  return tell(path, settings, memory, now)
}

function seen(memory: DetectorMemory, reading: Reading): DetectorMemory {
  const condition = conditionIn(reading)
  if (condition === undefined) return memory
  const bearing = bearingOf(condition)
  const since = bearing === memory.bearing ? memory.since : reading.at
  const reason = condition.reason === '' && bearing === memory.bearing ? memory.reason : condition.reason
  return { ...memory, wasUp: memory.wasUp || bearing === 'well', bearing, since, reason }
}

function bearingOf({ state, up }: MemberCondition): Bearing {
  if (state === 'failed') return 'failing'
  if (state !== 'running') return 'neither'
  return up ? 'well' : 'failing'
}

/** When the next thing is to be told; undefined while there is nothing to tell. */
function dueAt(settings: DetectorSettings, memory: DetectorMemory): number | undefined {
  const { bearing, told, since, wasUp } = memory
  if (bearing === 'well') return told === 'failed' ? since + settings.recoveredAfter : undefined
  if (bearing === 'neither' || (settings.onlyIfPreviouslyUp && !wasUp)) return undefined
  if (told !== 'failed') return since + settings.failedAfter
  return settings.republish === 0 ? undefined : memory.toldAt + settings.republish
}

function tell(
  path: string,
  settings: DetectorSettings,
  memory: DetectorMemory,
  now: number,
): Enriched<DetectorMemory> {
  const told = memory.bearing === 'failing' ? 'failed' : 'recovered'
  const next: DetectorMemory = { ...memory, told, toldAt: now }
  const due = dueAt(settings, next)
  return {
    memory: next,
    intents: [eventOf(path, settings[told], { memory, now })],
    ...(due === undefined ? {} : { wakeAt: due }),
  }
}

/** @source Brooklyn: HASensors.FailureDescriptor has a component, a description and a time. */
function eventOf(
  path: string,
  sensor: string,
  { memory, now }: { readonly memory: DetectorMemory; readonly now: number },
): SensorYield {
  return yieldOf(path, sensor, {
    component: path,
    description: memory.reason,
    since: memory.since,
    time: now,
  })
}
