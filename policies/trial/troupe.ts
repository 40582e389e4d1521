import type { JsonObject, MemberCondition, PoolEvent, Reading } from '../../engine/index.js'

/** Path of the entity that a policy stands at in a trial. */
export const POOL = 'pool'

/** A member in a trial. */
export interface Player {
  readonly number: number
  readonly path: string
  readonly condition: MemberCondition
  /** Whether nothing is heard of it. */
  readonly silent: boolean
}

/** Path of the member with a number. */
export function pathOf(number: number): string {
  return `${POOL}/${number}`
}

/** The number of the member at a path; undefined for the pool itself. */
export function numberOf(path: string): number | undefined {
  return path.startsWith(`${POOL}/`) ? Number(path.slice(POOL.length + 1)) : undefined
}

/** A member that is up in its first run. */
export function newPlayer(number: number, condition: Partial<MemberCondition> = {}): Player {
  const first = { state: 'running', up: true, incarnation: 1, run: 1, reason: '' } as const
  return { number, path: pathOf(number), condition: { ...first, ...condition }, silent: false }
}

/** What an event makes of a member. */
export function befallen(player: Player, event: PoolEvent): Player {
  const { cause: _over, ...condition } = player.condition
  const become = (change: Partial<MemberCondition>): Player => ({
    ...player,
    silent: false,
    condition: { ...condition, reason: '', ...change },
  })
  switch (event) {
    case 'failed':
      return become({ state: 'failed', up: false, reason: 'its process ended' })
    case 'unhealthy':
      return become({ state: 'running', up: false, reason: 'it is not well' })
    case 'starting':
      return become({ state: 'starting', up: false, incarnation: condition.incarnation + 1, run: 0 })
    case 'no-room':
      return become({ state: 'starting', up: false, run: 0, cause: 'capacity', reason: 'no place has room' })
    case 'gone':
      return become({ state: 'gone', up: false })
    case 'silent':
      return { ...player, silent: true }
    case 'up':
      return become({ state: 'running', up: true, run: runAfter(condition) })
  }
}

/** A process that has ended, or was never launched, comes up in a run of its own. */
function runAfter({ state, run }: MemberCondition): number {
  return state === 'failed' || run === 0 ? run + 1 : run
}

/** How a member stands, as policies are told. */
export function conditionReading({ path, condition }: Player, at: number): Reading {
  return { kind: 'member', at, entity: path, sensor: '', value: condition }
}

/** What an entity reads, as policies are told. */
export function sensorReadings(entity: string, values: JsonObject, at: number): readonly Reading[] {
  return Object.entries(values).map(([sensor, value]) => ({ kind: 'sensor', at, entity, sensor, value }))
}
