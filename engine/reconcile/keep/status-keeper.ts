import type { Trouble } from '../../entity/allocation.js'
import { rolesBelowQuorum } from '../facts/aggregate.js'
import { deriveStatus, statusDueAt, type StatusFacts } from '../facts/application-status.js'
import { openTrouble } from '../facts/condition.js'
import { KEYS } from '../facts/keys.js'
import type { Landscape } from '../facts/landscape.js'
import { lateStarts } from '../facts/late-start.js'
import { missingFrom } from '../facts/missing.js'
import { isStuck } from '../decide/retry-gate.js'
import type { Turn } from './turn.js'
import type { Workbench } from './workbench.js'

/** Keeps what an application is shown as, and takes in what its wanted version has that memory has not. */
export class StatusKeeper {
  readonly #bench: Workbench

  constructor(bench: Workbench) {
    this.#bench = bench
  }

  look(turn: Turn): void {
    if (this.#bench.incomplete) this.#addMissing()
    if (this.#isOpen()) return
    const { landscape, wakes, ports, now } = this.#bench
    const { settings } = landscape.tree.application
    const late = lateStarts(landscape, now)
    const status = deriveStatus(landscape.status, { ...this.#facts(turn, late.alerts), settings }, now)
    if (status !== landscape.status) {
      landscape.status = status
      turn.put(KEYS.status(landscape.desired.id), status)
      turn.after.push(() => {
        ports.statusChanged()
      })
    }
    const due = Math.min(
      statusDueAt(status, settings, rolloutsOf(landscape)) ?? Infinity,
      late.due ?? Infinity,
    )
    if (due === Infinity) wakes.delete('')
    else wakes.set('', due)
  }

  /** Nobody is known to be otherwise than wanted, but not all were asked: after a start nothing is shown that is not so. */
  #isOpen(): boolean {
    const { landscape, queue, news } = this.#bench
    const { unsettled, status, desired } = landscape
    return unsettled.size === 0 && queue.size + news.size > 0 && status.generation === desired.generation
  }

  #facts(turn: Turn, late: readonly string[]): Omit<Parameters<typeof deriveStatus>[1], 'settings'> {
    const { landscape, queue, news } = this.#bench
    const { desired, unsettled, existing, slots, roles, holdings } = landscape
    return {
      desired,
      settled: unsettled.size === 0 && queue.size === 0 && news.size === 0,
      rollouts: rolloutsOf(landscape),
      begun: existing > 0 || holdings.size > 0 || turn.steps.length > 0,
      empty: slots.size === 0 && holdings.size === 0 && roles.size === 0,
      belowQuorum: () => [...rolesBelowQuorum(landscape), ...lingering(landscape)],
      ...alertsOf(landscape, late),
    }
  }

  /** Slots and roles that the wanted version has and memory does not. */
  #addMissing(): void {
    const { landscape, now } = this.#bench
    this.#bench.incomplete = false
    const missing = missingFrom(landscape)
    for (const path of missing.roles) {
      landscape.addRole(path, undefined)
      this.#bench.request([path])
    }
    for (const path of missing.slots) {
      landscape.addSlot(path, undefined, now)
      this.#bench.request([path])
    }
  }
}

/** Changes of the document that come to members in turns while all is to run, with whom a line of alert is about. */
function rolloutsOf({ desired: { rollouts = {}, wish } }: Landscape): NonNullable<StatusFacts['rollouts']> {
  if (wish !== 'running') return []
  return Object.entries(rollouts).map(([role, { stalled, ...rollout }]) =>
    stalled === undefined ? rollout : { ...rollout, stalled: `${role}: ${stalled}` },
  )
}

/** Keys named in one line of alert; the rest is counted. */
const NAMED = 3

/** Alerts grouped by cause, one line each, and whether anything has failed more than in passing. */
function alertsOf(
  landscape: Landscape,
  late: readonly string[],
): { readonly alerts: readonly string[]; readonly stuck: boolean } {
  const causes = new Map<string, Cause>()
  let stuck = false
  for (const key of landscape.troubled) {
    const record = (landscape.slots.get(key) ?? landscape.holdings.get(key))?.record
    const trouble = record === undefined ? undefined : openTrouble(record, landscape.desired)
    if (trouble === undefined) continue
    stuck ||= isStuck(trouble)
    if (trouble.verdict === undefined || trouble.verdict === 'quarantine') continue
    addTo(causes, alertOf(trouble), key)
  }
  const failed = [...causes].map(([message, { keys, count }]) => `${listed(keys, count)}: ${message}`)
  const lost = landscape.losses.causes('current')
  return {
    stuck,
    alerts: [
      ...failed,
      ...lost.map(({ message, keys, count }) => `${listed(keys, count)}: ${message}`),
      ...late,
    ],
  }
}

/** Keys with one message: those that are named, and how many there are. */
interface Cause {
  readonly keys: string[]
  count: number
}

function addTo(causes: Map<string, Cause>, message: string, key: string): void {
  const known = causes.get(message)
  if (known === undefined) {
    causes.set(message, { keys: [key], count: 1 })
    return
  }
  known.count += 1
  if (known.keys.length < NAMED) known.keys.push(key)
}

/** What was lost, has a successor, and may still be running somewhere. */
function lingering(landscape: Landscape): readonly string[] {
  return landscape.losses
    .causes('leaving')
    .map(
      ({ message, keys, count }) => `${listed(keys, count)}: to be removed as soon as it is seen: ${message}`,
    )
}

function alertOf({ verdict, attempts, failure }: Trouble): string {
  const isOver = verdict === 'give-up' || verdict === 'expunge'
  return isOver ? `given up after ${attempts} attempts: ${failure.message}` : failure.message
}

function listed(keys: readonly string[], count: number): string {
  const named = keys.slice(0, NAMED).join(', ')
  return count > NAMED ? `${named} and ${count - NAMED} more` : named
}
