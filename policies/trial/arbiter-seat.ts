import {
  type ArbiterState,
  type Intent,
  type PoolSpec,
  type RateMemory,
  type RoleStanding,
  arbitrate,
  newDesired,
} from '../../engine/index.js'
import { POOL, type Player } from './troupe.js'

/** What the arbiter granted: a count, and those to be launched again or replaced. */
export interface Granted {
  readonly count?: number
  readonly restarts: readonly string[]
  readonly replacements: readonly string[]
  /** What became of each that was asked for. */
  readonly decisions: readonly {
    readonly isGranted: boolean
    readonly rule: string
    readonly intent: Intent
    readonly reason: string
  }[]
}

/** The arbiter of the engine, over the members of a trial. */
export class ArbiterSeat {
  readonly #pool: PoolSpec
  readonly #asker: { readonly name: string; readonly type: string }
  #recent: RateMemory = {}

  constructor(pool: PoolSpec, asker: { readonly name: string; readonly type: string }) {
    this.#pool = pool
    this.#asker = asker
  }

  /** Puts intents before it that are no holds. */
  judge(intents: readonly Intent[], players: readonly Player[], wanted: number, now: number): Granted {
    const by = { kind: 'policy', entity: POOL, version: '1', ...this.#asker } as const
    const requests = intents.map((intent) => ({ by, intent, inputs: [] }))
    const desired = { ...DESIRED, counts: { [POOL]: wanted } }
    const members = Object.fromEntries(players.map((player) => [player.path, memberOf(player)]))
    const state: ArbiterState = {
      desired,
      roles: { [POOL]: this.#standing(players) },
      members,
      callable: callableBy(intents),
      policies: policiesOf(intents),
      recent: this.#recent,
    }
    const { desired: change, decisions, recent } = arbitrate(state, requests, now)
    this.#recent = recent
    const floors = Object.entries(change?.floors ?? {})
    const count = change?.counts[POOL]
    return {
      ...(count === undefined || count === wanted ? {} : { count }),
      restarts: floors.flatMap(([path, { run }]) => (run === undefined ? [] : [path])),
      replacements: floors.flatMap(([path, { incarnation }]) => (incarnation === undefined ? [] : [path])),
      decisions: decisions.flatMap(({ outcome, rule, reason, intent, entity }) => {
        const asked = intents.find(
          (one) => one.kind !== 'hold' && one.entity === entity && intent.startsWith(wordOf(one)),
        )
        return asked === undefined ? [] : [{ isGranted: outcome === 'decided', rule, intent: asked, reason }]
      }),
    }
  }

  #standing(players: readonly Player[]): RoleStanding {
    const { min, max, initial } = this.#pool
    const ready = players.filter(({ condition }) => condition.up).length
    const replacement = { order: 'new-first', surge: 1, unavailable: 0 } as const
    return {
      min,
      max,
      initial,
      incarnations: players.length,
      leaving: 0,
      ready,
      disrupted: 0,
      replacing: 0,
      replacement,
    }
  }
}

/** Whatever is called is there in a trial. */
function callableBy(intents: readonly Intent[]): NonNullable<ArbiterState['callable']> {
  const calls = intents.filter((intent) => intent.kind === 'call')
  return Object.fromEntries(
    calls.map(({ entity }) => [
      entity,
      calls.filter((call) => call.entity === entity).map(({ effector }) => effector),
    ]),
  )
}

/** So is whatever is suspended. */
function policiesOf(intents: readonly Intent[]): NonNullable<ArbiterState['policies']> {
  const asked = intents.filter((intent) => intent.kind === 'suspend')
  return Object.fromEntries(asked.map(({ entity }) => [entity, asked.map(({ policy }) => policy)]))
}

/** The word with which the arbiter begins to say what was asked for. */
function wordOf(intent: Intent): string {
  return intent.kind === 'suspend' && !intent.on ? 'resume' : intent.kind
}

function memberOf({ condition }: Player): {
  readonly role: string
  readonly incarnation: number
  readonly run: number
  readonly up: boolean
} {
  const { incarnation, run, up } = condition
  return { role: POOL, incarnation, run, up }
}

/** The wish of a trial: that it runs. */
const DESIRED = newDesired({ tenant: '', id: POOL, name: POOL, owner: '', changedBy: '', reason: '' }, 0)
