import {
  type AttachedPolicy,
  type Json,
  type JsonObject,
  type Output,
  type PolicyKind,
  type PolicySubject,
  type Reading,
  type Turn,
  isTruthy,
} from '../../engine/index.js'
import type { Values } from '../config/decode.js'
import { formatDuration, parseDuration } from '../config/duration.js'
import { yieldOf } from '../enrichers/enricher.js'
import { wakeAmong } from '../operators/window.js'
import { CALL_FIELDS, LAYOUT, argumentsOf, callOf, callerKind, callerOf, pathMeant } from './call.js'

const FIELDS = {
  ...CALL_FIELDS,
  effector: { kind: 'text', fallback: 'stop', about: 'The effector that is called when it ends.' },
  for: { kind: 'duration', least: 1_000, fallback: 86_400_000, about: 'How long it runs.' },
  start: {
    kind: 'text',
    fallback: 'service.isUp',
    about:
      'The sensor that begins it when it is true. When that is false after the end, another one can begin.',
  },
  warn: {
    kind: 'duration',
    least: 0,
    fallback: 0,
    about: 'So long before the end a warning is given; 0: none.',
  },
  extend: {
    kind: 'text',
    fallback: 'lease.extension',
    about: 'The sensor that says by how much it is longer, such as 2h; whoever sets it extends the lease.',
  },
  ends: { kind: 'text', fallback: 'lease.ends', about: 'The sensor that tells when it ends.' },
  warning: {
    kind: 'text',
    fallback: 'lease.isEnding',
    about: 'The sensor that is true from the warning on.',
  },
} as const

type Settings = Values<typeof FIELDS>

/** Ends an entity, or whatever an effector does, after a time. */
export const lease: PolicyKind = callerKind(
  {
    type: 'lease',
    description:
      'Stops its entity when it has run for so long, or calls another effector then. It warns before, tells when it ends, and can ' +
      'be extended by setting a sensor.',
  },
  FIELDS,
  (subject, settings) => attached(subject, settings),
)

/** How the lease stands. */
interface Memory extends JsonObject {
  readonly layout: typeof LAYOUT
  /** Null while none has begun. */
  readonly began: number | null
  /** Milliseconds. */
  readonly extension: number
  readonly isOver: boolean
}

function attached(subject: PolicySubject, settings: Settings): AttachedPolicy {
  return callerOf<Memory>({
    interest: {
      sensors: [
        { of: 'self', sensor: settings.start },
        { of: 'self', sensor: settings.extend },
      ],
      conditions: 'none',
    },
    calls: [{ entity: pathMeant(subject, settings.of), effector: settings.effector, setting: 'effector' }],
    initial: { layout: LAYOUT, began: null, extension: 0, isOver: false },
    step: (memory, reading, now) =>
      act(subject, settings, noted(subject, settings, memory, { reading, now }), { reading, now }),
  })
}

interface Moment {
  readonly reading: Reading
  readonly now: number
}

function noted(
  { path }: PolicySubject,
  { start, extend }: Settings,
  memory: Memory,
  { reading, now }: Moment,
): Memory {
  const { kind, entity, sensor, value } = reading
  if (kind !== 'sensor' || entity !== path) return memory
  if (sensor === extend) return { ...memory, extension: millisecondsOf(value) }
  if (sensor !== start) return memory
  if (!isTruthy(value)) return memory.isOver ? { ...memory, began: null, isOver: false } : memory
  return memory.began === null ? { ...memory, began: now } : memory
}

/** A number of milliseconds, or a text such as 2h; another value extends nothing. */
function millisecondsOf(value: Json): number {
  const read = typeof value === 'string' ? parseDuration(value) : value
  return typeof read === 'number' && Number.isFinite(read) ? Math.max(0, Math.min(read, LONGEST)) : 0
}

const LONGEST = 1e12

function act(
  subject: PolicySubject,
  settings: Settings,
  memory: Memory,
  { now }: Moment,
): Turn<Memory, Output> {
  const { path } = subject
  const { began, isOver } = memory
  if (began === null) return { memory, intents: [] }
  const ends = began + settings.for + memory.extension
  const warnsAt = settings.warn === 0 ? Infinity : ends - settings.warn
  const told = [yieldOf(path, settings.ends, ends), yieldOf(path, settings.warning, now >= warnsAt)]
  if (isOver) return { memory, intents: told }
  if (now < ends)
    return { memory, intents: told, ...wakeAmong([ends, warnsAt === Infinity ? null : warnsAt], now) }
  const call = callOf({
    ...{
      entity: pathMeant(subject, settings.of),
      effector: settings.effector,
      key: `${began} ${memory.extension}`,
    },
    ...{
      arguments: argumentsOf(settings.arguments),
      reason: `it has run for ${formatDuration(ends - began)}`,
    },
  })
  return { memory: { ...memory, isOver: true }, intents: [...told, call] }
}
