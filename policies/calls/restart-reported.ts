import type {
  AttachedPolicy,
  JsonObject,
  Output,
  PolicyKind,
  PolicySubject,
  Reading,
  Turn,
} from '../../engine/index.js'
import type { Values } from '../config/decode.js'
import { formatDuration } from '../config/duration.js'
import { yieldOf } from '../enrichers/enricher.js'
import { LAYOUT, callOf, callerKind, callerOf } from './call.js'

const FIELDS = {
  failed: { kind: 'text', fallback: 'failed', about: 'The sensor that reports a failure.' },
  quiet: {
    kind: 'duration',
    least: 0,
    fallback: 180_000,
    about: 'Two reports within this are one too many; 0: it is always restarted.',
  },
  gaveUp: {
    kind: 'text',
    fallback: 'restart.failed',
    about: 'The sensor that reports that it is not restarted.',
  },
} as const

type Settings = Values<typeof FIELDS>

/** Restarts its entity when a sensor reports a failure. */
export const restartReported: PolicyKind = callerKind(
  {
    type: 'restart-reported',
    description:
      'Restarts its entity when a sensor reports that it has failed, and reports by another sensor when that happens again too soon.',
  },
  FIELDS,
  (subject, settings) => attached(subject, settings),
)

/** When the last failure was reported, and how many restarts it has asked for. */
interface Memory extends JsonObject {
  readonly layout: typeof LAYOUT
  readonly reported: number | null
  readonly calls: number
}

function attached(subject: PolicySubject, settings: Settings): AttachedPolicy {
  return callerOf<Memory>({
    interest: { sensors: [{ of: 'self', sensor: settings.failed }], conditions: 'none' },
    decides: ['restart'],
    initial: { layout: LAYOUT, reported: null, calls: 0 },
    step: (memory, reading, now) => step(subject, settings, memory, { reading, now }),
  })
}

/** @source Brooklyn: ServiceRestarter. A report counts whether or not it was answered with a restart. */
function step(
  { path }: PolicySubject,
  { failed, quiet, gaveUp }: Settings,
  memory: Memory,
  { reading, now }: { readonly reading: Reading; readonly now: number },
): Turn<Memory, Output> {
  const { kind, entity, sensor, value } = reading
  const isReport = kind === 'sensor' && entity === path && sensor === failed && value !== null
  if (!isReport) return { memory, intents: [] }
  const since = memory.reported === null ? Infinity : now - memory.reported
  if (since < quiet) {
    const reason = `it has failed again after ${formatDuration(since)}, within ${formatDuration(quiet)}`
    const told = yieldOf(path, gaveUp, { component: path, description: reason, time: now })
    return {
      memory: { ...memory, reported: now },
      intents: [told, { kind: 'hold', rule: 'recurring', reason }],
    }
  }
  const calls = memory.calls + 1
  const call = callOf({
    entity: path,
    effector: 'restart',
    arguments: {},
    key: String(calls),
    reason: `${failed} was reported`,
  })
  return { memory: { ...memory, reported: now, calls }, intents: [call] }
}
