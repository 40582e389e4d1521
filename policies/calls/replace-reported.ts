import type {
  AttachedPolicy,
  Intent,
  JsonObject,
  MemberCondition,
  Output,
  PolicyKind,
  Reading,
  Turn,
} from '../../engine/index.js'
import type { Values } from '../config/decode.js'
import { formatDuration } from '../config/duration.js'
import { yieldOf } from '../enrichers/enricher.js'
import { type MemberBook, conditionIn, memberIn, withMember, withoutMember } from '../members.js'
import { timesWithin, wakeAmong } from '../operators/window.js'
import { LAYOUT, callerKind, callerOf } from './call.js'

const FIELDS = {
  failed: {
    kind: 'text',
    fallback: 'restart.failed',
    about: 'The sensor by which a member reports its failure.',
  },
  mostFailures: {
    kind: 'integer',
    least: 1,
    fallback: 5,
    about: 'When so many replacements have failed within the period, no more are asked for.',
  },
  period: { kind: 'duration', least: 1, fallback: 300_000, about: 'The period in which they are counted.' },
  gaveUp: {
    kind: 'text',
    fallback: 'replacement.failed',
    about: 'The sensor that reports a replacement that has failed.',
  },
} as const

type Settings = Values<typeof FIELDS>

/** Replaces members that report a failure. */
export const replaceReported: PolicyKind = callerKind(
  {
    type: 'replace-reported',
    description:
      'Replaces a member when a sensor of it reports that it has failed, as long as not too many replacements have failed themselves.',
  },
  FIELDS,
  ({ path }, settings) => attached(path, settings),
)

/** A member, and which of its incarnations is to be replaced. */
interface Watched extends JsonObject {
  readonly incarnation: number
  /** The incarnation whose replacement is not there yet; null for none. */
  readonly replacing: number | null
  /** When it is asked for again. */
  readonly due: number | null
}

interface Memory extends JsonObject {
  readonly layout: typeof LAYOUT
  readonly members: MemberBook<Watched>
  /** When replacements failed in a row. */
  readonly failures: readonly number[]
}

function attached(path: string, settings: Settings): AttachedPolicy {
  return callerOf<Memory>({
    interest: { sensors: [{ of: 'members', sensor: settings.failed }], conditions: 'members' },
    decides: ['replace'],
    initial: { layout: LAYOUT, members: {}, failures: [] },
    step: (memory, reading, now) => {
      const noted = note(path, settings, memory, { reading, now })
      return ask(settings, noted, now)
    },
  })
}

/** What was noted, and what is to be said of it. */
interface Noted {
  readonly memory: Memory
  readonly told: readonly Output[]
}

interface Moment {
  readonly reading: Reading
  readonly now: number
}

function note(path: string, settings: Settings, memory: Memory, { reading, now }: Moment): Noted {
  const { entity } = reading
  const condition = conditionIn(reading)
  const known = memberIn(memory.members, entity)
  if (condition !== undefined) return stands(path, settings, memory, { entity, condition, now })
  const isReport = reading.kind === 'sensor' && reading.sensor === settings.failed && reading.value !== null
  if (!isReport || known?.replacing !== null) return { memory, told: [] }
  const watched = { ...known, replacing: known.incarnation, due: now }
  return { memory: { ...memory, members: withMember(memory.members, entity, watched) }, told: [] }
}

function stands(
  path: string,
  { gaveUp }: Settings,
  memory: Memory,
  {
    entity,
    condition,
    now,
  }: { readonly entity: string; readonly condition: MemberCondition; readonly now: number },
): Noted {
  const { state, incarnation, reason } = condition
  if (state === 'gone')
    return { memory: { ...memory, members: withoutMember(memory.members, entity) }, told: [] }
  const known = memberIn(memory.members, entity) ?? { incarnation, replacing: null, due: null }
  const become = (watched: Pick<Watched, 'replacing' | 'due'>, failures = memory.failures): Memory => {
    const next: Watched = { replacing: watched.replacing, due: watched.due, incarnation }
    return { ...memory, failures, members: withMember(memory.members, entity, next) }
  }
  switch (outcomeOf(known, condition)) {
    case 'none':
      return { memory: become(known), told: [] }
    case 'starting':
      return { memory: become({ ...known, due: null }), told: [] }
    case 'well':
      return { memory: become(NOTHING_WANTED, []), told: [] }
    case 'failed': {
      const event = { component: entity, description: reason, time: now }
      const failures = [...memory.failures, now]
      return {
        memory: become({ replacing: incarnation, due: now }, failures),
        told: [yieldOf(path, gaveUp, event)],
      }
    }
  }
}

const NOTHING_WANTED = { replacing: null, due: null }

/** What has become of a replacement. */
function outcomeOf(
  { replacing }: Watched,
  { state, up, incarnation }: MemberCondition,
): 'none' | 'starting' | 'well' | 'failed' {
  if (replacing === null || incarnation <= replacing) return 'none'
  if (up) return 'well'
  return state === 'failed' ? 'failed' : 'starting'
}

/** A replacement that was asked for and did not begin is asked for again after this many milliseconds. */
const ASK_AGAIN = 5_000

function ask(settings: Settings, { memory, told }: Noted, now: number): Turn<Memory, Output> {
  const failures = timesWithin(memory.failures, now, settings.period)
  const isTooMany = failures.length >= settings.mostFailures
  const intents: Intent[] = []
  let { members } = memory
  for (const [entity, watched] of Object.entries(members)) {
    if (watched.replacing === null || watched.due === null || watched.due > now) continue
    const { incarnation } = watched
    if (isTooMany) {
      const reason = `${failures.length} replacements have failed within ${formatDuration(settings.period)}; ${entity} is left`
      intents.push({ kind: 'hold', rule: 'recurring', reason })
      members = withMember(members, entity, { ...watched, replacing: null, due: null })
    } else {
      intents.push({
        kind: 'replace',
        entity,
        incarnation,
        reason: `${entity} has reported ${settings.failed}`,
      })
      members = withMember(members, entity, { ...watched, due: now + ASK_AGAIN })
    }
  }
  const dues = Object.values(members).map(({ due }) => due)
  return { memory: { ...memory, members, failures }, intents: [...told, ...intents], ...wakeAmong(dues, now) }
}
