import type {
  AttachedPolicy,
  Json,
  MemberCondition,
  Output,
  PolicyKind,
  PolicySubject,
  Turn,
} from '../../engine/index.js'
import type { Values } from '../config/decode.js'
import { NONE } from '../config/field.js'
import { yieldOf } from '../enrichers/enricher.js'
import { groupOf } from '../members.js'
import { wakeAmong } from '../operators/window.js'
import { callOf, callerKind, callerOf } from './call.js'
import { type ElectionMemory, NOBODY, elected, notedForElection } from './election.js'

const FIELDS = {
  among: {
    kind: 'text',
    fallback: 'auto',
    oneOf: ['auto', 'members', 'children'],
    about: 'Among whom; auto: among members where the entity has them.',
  },
  mode: {
    kind: 'text',
    fallback: 'failover',
    oneOf: ['failover', 'best', 'strict'],
    about:
      'failover: whoever leads does so until it is not up any more; best: always the one of the highest weight; strict: nobody, ' +
      'where several have that.',
  },
  weight: {
    kind: 'text',
    fallback: 'primary.weight',
    about: 'The sensor that is the weight of each, 0 where it has none; one below 0 is never chosen.',
  },
  primary: {
    kind: 'text',
    fallback: 'primary',
    about: 'The sensor that tells the path of the one that leads.',
  },
  promote: {
    kind: 'text',
    fallback: NONE,
    about: 'The effector that is called of the one that leads from now on.',
  },
  demote: { kind: 'text', fallback: NONE, about: 'The effector that is called of the one that has led.' },
  stoppedWait: {
    kind: 'duration',
    least: 0,
    fallback: 5_000,
    about: 'For one that would be chosen and is not up, so long is waited until it begins to start.',
  },
  startingWait: {
    kind: 'duration',
    least: 0,
    fallback: 300_000,
    about: 'For one that would be chosen and starts, so long is waited until it is up.',
  },
} as const

type Settings = Values<typeof FIELDS>

/** Keeps one of several the primary. */
export const electPrimary: PolicyKind = callerKind(
  {
    type: 'elect-primary',
    description:
      'Chooses one of the members or children that are up to lead, by weight, tells it by a sensor, and calls effectors of the one that ' +
      'leads from now on and of the one that has led.',
  },
  FIELDS,
  (subject, settings) => attached(subject, settings),
)

function attached(subject: PolicySubject, settings: Settings): AttachedPolicy {
  const of = settings.among === 'auto' ? groupOf(subject) : (settings.among as 'members' | 'children')
  return callerOf<ElectionMemory>({
    interest: { sensors: [{ of, sensor: settings.weight }], conditions: of },
    initial: NOBODY,
    step: (memory, reading, now) => {
      const noted = notedForElection(settings.weight, memory, reading, now)
      return choose(subject, settings, noted, { now, tellAgain: reading.kind === 'wake' })
    },
  })
}

function choose(
  { path }: PolicySubject,
  settings: Settings,
  memory: ElectionMemory,
  { now, tellAgain }: { readonly now: number; readonly tellAgain: boolean },
): Turn<ElectionMemory, Output> {
  const before = memory.primary
  const { primary, wakeAt, fault } = elected(settings, memory, now)
  const held: Output[] = fault === undefined ? [] : [{ kind: 'hold', rule: 'no-primary', reason: fault }]
  const told: Json = primary
  const tells = primary !== before || tellAgain ? [yieldOf(path, settings.primary, told)] : []
  const wake = wakeAmong([wakeAt], now)
  if (primary === before) return { memory, intents: [...tells, ...held], ...wake }
  const turns = memory.turns + 1
  const reason =
    before === null
      ? `${primary ?? 'nobody'} leads`
      : `${primary ?? 'nobody'} leads in the place of ${before}`
  const calls = [
    ...callsOf(settings.demote, before !== null && isThere(memory, before) ? before : null, {
      turns,
      reason,
    }),
    ...callsOf(settings.promote, primary, { turns, reason }),
  ]
  return { memory: { ...memory, primary, turns }, intents: [...tells, ...held, ...calls], ...wake }
}

function callsOf(
  effector: string,
  entity: string | null,
  { turns, reason }: { readonly turns: number; readonly reason: string },
): readonly Output[] {
  if (effector === NONE || entity === null) return []
  return [callOf({ entity, effector, arguments: {}, key: `${effector} ${turns}`, reason })]
}

function isThere({ candidates }: ElectionMemory, path: string): boolean {
  const state: MemberCondition['state'] | undefined = candidates[path]?.state
  return state !== undefined && state !== 'gone'
}
