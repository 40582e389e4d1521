import type { JsonObject, Reading, SensorYield } from '../../engine/index.js'
import { wakeAmong } from '../operators/window.js'
import { type Enriched, LAYOUT, yieldOf } from './enricher.js'
import { type Observed, type ObservedSettings, UNOBSERVED, observe, silenceAt } from './failure-observed.js'

/** How a failure detector is set. Times in milliseconds. */
export interface DetectorSettings extends ObservedSettings {
  readonly failedAfter: number
  readonly recoveredAfter: number
  /** 0: a failure is told once. */
  readonly republish: number
  readonly onlyIfPreviouslyUp: boolean
  readonly failed: string
  readonly recovered: string
}

/** What a failure detector remembers. */
export interface DetectorMemory extends JsonObject, Observed {
  readonly layout: typeof LAYOUT
  readonly wasUp: boolean
  /** What was told last, and when; failure and recovery alternate. */
  readonly told: 'failed' | 'recovered' | null
  readonly toldAt: number
  /** When it asked to be called; null where it did not. */
  readonly wakeAt: number | null
}

/** Nothing is known. */
export const UNSEEN: DetectorMemory = {
  ...UNOBSERVED,
  layout: LAYOUT,
  wasUp: false,
  told: null,
  toldAt: 0,
  wakeAt: null,
}

/**
 * Tells a failure that has lasted, and then a recovery that has.
 * @source Brooklyn: ServiceFailureDetector. Nothing is told before it was up once, nor while it is not wanted running.
 */
export function stepDetector(
  settings: DetectorSettings,
  { memory, reading }: { readonly memory: DetectorMemory; readonly reading: Reading },
  now: number,
): Enriched<DetectorMemory> {
  const observed = observe(settings, isLate(memory, now) ? resumed(memory, now) : memory, reading, now)
  const seen = { ...memory, ...observed, wasUp: memory.wasUp || observed.bearing === 'well' }
  const due = dueAt(settings, seen)
  if (due === undefined || due > now) return asleep(settings, seen, [], now)
  const told = seen.bearing === 'failing' ? 'failed' : 'recovered'
  const next: DetectorMemory = { ...seen, told, toldAt: now }
  return asleep(settings, next, [eventOf(settings, settings[told], next, now)], now)
}

/** Milliseconds by which a call may come late before it is clear that nobody observed anything meanwhile. */
const AWAY = 5_000

/** Whether the engine was away when it was to call. */
function isLate({ wakeAt }: DetectorMemory, now: number): boolean {
  return wakeAt !== null && now > wakeAt + AWAY
}

/** What nobody observed neither lasted nor was silent. */
function resumed(memory: DetectorMemory, now: number): DetectorMemory {
  return { ...memory, since: now, heardAt: memory.heardAt === null ? null : now }
}

/** When the next thing is to be told; undefined while there is nothing to tell. */
function dueAt(settings: DetectorSettings, memory: DetectorMemory): number | undefined {
  const { bearing, told, since, wasUp } = memory
  if (bearing === 'well') return told === 'failed' ? since + settings.recoveredAfter : undefined
  if (bearing === 'neither' || (settings.onlyIfPreviouslyUp && !wasUp)) return undefined
  if (told !== 'failed') return since + settings.failedAfter
  return settings.republish === 0 ? undefined : memory.toldAt + settings.republish
}

function asleep(
  settings: DetectorSettings,
  memory: DetectorMemory,
  intents: readonly SensorYield[],
  now: number,
): Enriched<DetectorMemory> {
  const wake = wakeAmong([dueAt(settings, memory), silenceAt(settings, memory)], now)
  return { memory: { ...memory, wakeAt: wake.wakeAt ?? null }, intents, ...wake }
}

/** @source Brooklyn: HASensors.FailureDescriptor has a component, a description and a time. */
function eventOf(
  { path }: DetectorSettings,
  sensor: string,
  { reason, since }: DetectorMemory,
  now: number,
): SensorYield {
  return yieldOf(path, sensor, { component: path, description: reason, since, time: now })
}
