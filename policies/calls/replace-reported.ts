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
  /** When it is asked for (again). */
  readonly due: number | null
  /** Whether it has been asked for, and nobody knows what has come of it. */
  readonly isAsked: boolean
}

/** What is wanted of a member. */
type WantedOf = Pick<Watched, 'replacing' | 'due' | 'isAsked'>

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
  const watched = { ...known, replacing: known.incarnation, due: now, isAsked: false }
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
  const known = memberIn(memory.members, entity) ?? { incarnation, ...NOTHING_WANTED }
  const become = (wanted: WantedOf, failures = memory.failures): Memory => {
    const { replacing, due, isAsked } = wanted
    const next: Watched = { replacing, due, isAsked, incarnation }
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
        memory: become({ replacing: incarnation, due: now, isAsked: false }, failures),
        told: [yieldOf(path, gaveUp, event)],
      }
    }
  }
}

const NOTHING_WANTED = { replacing: null, due: null, isAsked: false } as const

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

/**
 * Asks for what is due. What is under way counts as if it were going to fail: a burst of reports is not answered by more
 * replacements than may fail.
 */
function ask(settings: Settings, { memory, told }: Noted, now: number): Turn<Memory, Output> {
  const failures = timesWithin(memory.failures, now, settings.period)
  const intents: Intent[] = []
  let { members } = memory
  for (const [entity, watched] of Object.entries(members)) {
    if (watched.replacing === null || watched.due === null || watched.due > now) continue
    const open = Object.values(members).filter(({ isAsked }) => isAsked).length
    const answer = answerTo(settings, { entity, watched, failures: failures.length, open })
    intents.push(answer.intent)
    members = withMember(members, entity, { ...watched, ...answer.become(now) })
  }
  const dues = Object.values(members).map(({ due }) => due)
  return { memory: { ...memory, members, failures }, intents: [...told, ...intents], ...wakeAmong(dues, now) }
}

interface Due {
  readonly entity: string
  readonly watched: Watched
  readonly failures: number
  /** Replacements that are under way. */
  readonly open: number
}

interface Answer {
  readonly intent: Intent
  /** What is wanted of it from then on. */
  become(now: number): WantedOf
}

function answerTo({ failed, period, mostFailures }: Settings, due: Due): Answer {
  const { entity, watched, failures, open } = due
  if (failures >= mostFailures) {
    const reason = `${failures} replacements have failed within ${formatDuration(period)}; ${entity} is left`
    return { intent: { kind: 'hold', rule: 'recurring', reason }, become: () => NOTHING_WANTED }
  }
  const { replacing } = watched
  const again = (now: number): number => now + ASK_AGAIN
  if (!watched.isAsked && failures + open >= mostFailures) {
    const reason = `${open} replacements are under way and ${failures} have failed; ${entity} waits`
    return {
      intent: { kind: 'hold', rule: 'under-way', reason },
      become: (now) => ({ replacing, due: again(now), isAsked: false }),
    }
  }
  const reason = `${entity} has reported ${failed}`
  return {
    intent: { kind: 'replace', entity, incarnation: watched.incarnation, reason },
    become: (now) => ({ replacing, due: again(now), isAsked: true }),
  }
}
