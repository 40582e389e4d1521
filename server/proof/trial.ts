import type {
  ApplicationSpec,
  Change,
  DecisionRecord,
  ProofEvent,
  ProofTrial,
  ScheduledFault,
} from '../../engine/index.js'
import {
  type Effect,
  type FarObject,
  type Fate,
  type Imagination,
  Rehearsal,
  type RehearsalParts,
} from '../rehearsal/index.js'
import { Afflictions } from './afflictions.js'
import { faultText } from './fault.js'
import { type Breach, Laws, farBreach } from './laws.js'
import type { LoadLevels } from './load-levels.js'

/** What schedules are tried on. */
export interface Subject {
  readonly parts: RehearsalParts
  readonly application: ApplicationSpec
  readonly levels: readonly LoadLevels[]
  /** Milliseconds after the last fault is over within which all must have settled. */
  readonly within: number
  /** Milliseconds without a change after which it counts as settled. */
  readonly rest: number
}

/** What came of one schedule. */
export interface TrialOutcome extends ProofTrial {
  /** Effects from the last fault until all was settled. */
  readonly effects: number
  /** Whether its last fault befell nobody, or its moment did not come. */
  readonly idle: boolean
  /** Durable batches that were judged. */
  readonly checks: number
  /** Virtual milliseconds from the end of the last fault until all was settled. */
  readonly settling: number
}

/** Milliseconds between two looks at whether all is settled. */
const LOOK = 5_000

/** Leads an application through one schedule of faults, from its deployment until it has settled again. Same subject, same trial. */
export async function tryOut(subject: Subject, schedule: readonly ScheduledFault[]): Promise<TrialOutcome> {
  const trial = new Trial(subject, schedule)
  try {
    return await trial.lead()
  } finally {
    trial.close()
  }
}

class Trial implements Imagination {
  readonly #subject: Subject
  readonly #world: Rehearsal
  readonly #laws: Laws
  readonly #afflictions: Afflictions
  readonly #schedule: readonly ScheduledFault[]
  readonly #events: ProofEvent[] = []
  readonly #waiting: ScheduledFault[]
  readonly #began: number
  #lastFaultAt: number
  #effects = 0
  #checks = 0
  #idle = false
  #settling = 0
  #breach: Breach | undefined

  constructor(subject: Subject, schedule: readonly ScheduledFault[]) {
    this.#subject = subject
    this.#schedule = schedule
    this.#waiting = [...schedule]
    this.#world = new Rehearsal(subject.parts, subject.application, this)
    this.#afflictions = new Afflictions(this.#world, subject.levels)
    this.#laws = new Laws(this.#world.spec, this.#world.books, (path) => this.#afflictions.isHurt(path))
    this.#began = this.#now
    this.#lastFaultAt = this.#now
  }

  async lead(): Promise<TrialOutcome> {
    const begun = await this.#world.begin()
    if (begun.kind !== 'accepted')
      this.#break({ law: 'settles', message: `it cannot be deployed: ${JSON.stringify(begun)}` })
    await this.#settle()
    while (this.#breach === undefined && this.#waiting[0]?.after === 'settled') {
      await this.#inflict(false)
      await this.#settle()
    }
    return this.#outcome()
  }

  close(): void {
    this.#world.close()
  }

  measure(path: string, metric: string): number | undefined {
    return this.#afflictions.measure(path, metric)
  }

  isWell(path: string): boolean {
    return this.#afflictions.isWell(path)
  }

  async befalls({ verb, about }: Effect): Promise<Fate> {
    const fate = this.#waiting[0]?.after === this.#effects ? await this.#inflict(true) : 'goes'
    this.#afflictions.bend(verb)
    this.#effects += 1
    this.#tell(`${verb} ${about.join(' ')}`)
    return fate
  }

  committed(changes: readonly Change[], decisions: readonly DecisionRecord[]): void {
    this.#checks += 1
    for (const one of decisions) if (one.count === 1) this.#tell(decisionText(one))
    const faulty = decisions.find(({ rule }) => rule === 'policy-fault')
    if (faulty !== undefined) this.#break({ law: 'policy', message: `${faulty.by} broke: ${faulty.reason}` })
    const breach = this.#laws.judge(changes)
    if (breach !== undefined) this.#break(breach)
  }

  broke(message: string): void {
    this.#break({ law: 'engine', message })
  }

  #outcome(): TrialOutcome {
    const told = {
      schedule: this.#schedule,
      events: this.#events,
      effects: this.#effects,
      idle: this.#idle || this.#waiting.length > 0,
      checks: this.#checks,
      settling: this.#settling,
    }
    return this.#breach === undefined ? told : { ...told, broken: this.#breach }
  }

  get #now(): number {
    return this.#world.clock.now()
  }

  /** The next fault, and those that come together with it. */
  async #inflict(inEffect: boolean): Promise<Fate> {
    let fate: Fate = 'goes'
    do {
      const next = this.#waiting.shift()
      if (next === undefined) break
      this.#tell(faultText(next.fault))
      this.#effects = 0
      this.#lastFaultAt = this.#now
      const blow = await this.#afflictions.inflict(next.fault, inEffect)
      this.#idle = !blow.befell
      if (blow.fate !== 'goes') fate = blow.fate
    } while (this.#waiting[0]?.after === 'at-once')
    return fate
  }

  /** Until nothing has changed for a while and all is as it is wanted, or the time for that is over. */
  async #settle(): Promise<void> {
    let far: Breach | undefined
    while (this.#breach === undefined) {
      await this.#world.clock.settle(LOOK)
      if (this.#isAtRest()) {
        far = farBreach(await this.#inventory(), this.#world.books)
        if (far === undefined) return
      }
      // What is in no book may still be collected; what was made twice has been.
      if (far?.law === 'duplicate' || this.#now > this.#overAt + this.#subject.within)
        this.#break(far ?? this.#unsettled())
    }
  }

  #isAtRest(): boolean {
    const { books, isAlive } = this.#world
    const since = Math.max(books.changedAt, this.#overAt)
    if (!isAlive || this.#now < since + this.#subject.rest || !isWell(this.#world)) return false
    this.#settling = Math.max(0, books.changedAt - this.#overAt)
    return true
  }

  get #overAt(): number {
    return Math.max(this.#lastFaultAt, this.#afflictions.overAt)
  }

  #unsettled(): Breach {
    const { status, changedAt } = this.#world.books
    const state = status?.state ?? 'not there'
    const told = [...(status?.alerts ?? []), ...(status?.degraded === true ? ['it is degraded'] : [])]
    const why = told.length === 0 ? '' : `: ${told.join('; ')}`
    const restless = this.#now - changedAt < this.#subject.rest ? ', and it still changes' : ''
    const minutes = Math.round(this.#subject.within / 60_000)
    return { law: 'settles', message: `it is ${state} ${minutes} min after the last fault${restless}${why}` }
  }

  async #inventory(): Promise<readonly FarObject[]> {
    const all = await Promise.all([...this.#world.places.values()].map((place) => place.inventory()))
    return all.flat()
  }

  #tell(what: string): void {
    this.#events.push({ at: this.#now - this.#began, what })
  }

  #break(breach: Breach): void {
    if (this.#breach !== undefined) return
    this.#breach = breach
    this.#tell(`${breach.law}: ${breach.message}`)
  }
}

/** Whether the application is shown as it is wanted. */
function isWell({ books: { status, desired } }: Rehearsal): boolean {
  if (status?.state !== 'running' || status.degraded || status.alerts.length > 0) return false
  return status.generation === desired?.generation
}

function decisionText({ outcome, entity, by, intent, rule }: DecisionRecord): string {
  return `${by} of ${entity === '' ? 'the application' : entity}: ${intent}, ${outcome} (${rule})`
}
