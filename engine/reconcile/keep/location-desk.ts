import type { ResourceState } from '../../entity/resource.js'
import type {
  CallOptions,
  CommandAnswer,
  EnsureAnswer,
  Location,
  ResourceRef,
  RunAnswer,
} from '../../ports/location.js'
import type { Cancel, Clock } from '../../support/clock.js'
import { failureOf, type FailureRecord } from '../../support/failure.js'
import type { Vacancy } from '../facts/placement.js'
import type { Step, StepCall, StepOutcome } from '../facts/step.js'
import { VacancyBook } from '../facts/vacancy-book.js'

/** Milliseconds after which a call that has not answered counts as unknown. */
const CALL_TIMEOUT = 120_000

/** Calls in a row without an answer that open the circuit, and for how many milliseconds. */
const CIRCUIT_AFTER = 5
const CIRCUIT_FOR = 5_000

interface Queued {
  readonly step: Step
  readonly tell: (outcome: StepOutcome) => void
}

/**
 * Takes announced steps through one location's port, for all applications: bounded concurrency, bulk calls where the
 * place has them, a circuit that opens when nobody answers. Outcomes are told, never thrown.
 */
export class LocationDesk {
  readonly location: Location
  readonly #clock: Clock
  readonly #queue: Queued[] = []
  readonly #roomWanted = new Map<string, () => void>()
  readonly #vacancies = new VacancyBook()
  #underWay = 0
  #unanswered = 0
  #openUntil = 0
  #calls = 0
  #cancelProbe: Cancel | undefined
  #isSilent = false

  constructor(location: Location, clock: Clock) {
    this.location = location
    this.#clock = clock
  }

  /** Calls made through this desk. */
  get calls(): number {
    return this.#calls
  }

  get circuit(): 'closed' | 'open' {
    return this.#openUntil > this.#clock.now() ? 'open' : 'closed'
  }

  /** Whether looks at this place are left without any answer. */
  get silent(): boolean {
    return this.#isSilent
  }

  /** Notes whether looks at this place are left without any answer: then machines are better made elsewhere. */
  noteSilence(isSilent: boolean): void {
    this.#isSilent = isSilent
  }

  /** Whether this place, or a zone of it, takes machines: full for a while after it refused one for lack of room. */
  vacancy(zone: string | undefined): Vacancy {
    const isOut = this.#isSilent || this.circuit === 'open'
    return isOut ? 'full' : this.#vacancies.at(zone, this.#clock.now())
  }

  /** Whether another step could be taken at once, beside `more` that are about to come. */
  hasRoom(more = 0): boolean {
    const { concurrency, bulk } = this.location.capabilities
    return this.circuit === 'closed' && this.#underWay + this.#queue.length + more < concurrency * bulk
  }

  /** Tells once when there is room again; asking twice with one id is asking once. */
  whenRoom(id: string, tell: () => void): void {
    this.#roomWanted.set(id, tell)
    this.offerRoom()
  }

  /** Tells those who wait for room as far as there is any. */
  offerRoom(): void {
    if (this.hasRoom()) this.#tellRoom()
  }

  /** Takes steps, in order as far as the place's bulk calls allow. */
  take(steps: readonly Step[], tell: (outcome: StepOutcome) => void): void {
    for (const step of steps) this.#queue.push({ step, tell })
    this.#pump()
  }

  #pump(): void {
    const { concurrency, bulk } = this.location.capabilities
    while (this.#queue.length > 0 && this.circuit === 'closed' && this.#underWay < concurrency * bulk) {
      const [first] = this.#queue
      if (first === undefined) return
      const group = this.#takeGroup(first.step.call, bulk)
      this.#underWay += group.length
      this.#vacancies.noteTries(
        group.map(({ step }) => step),
        this.#clock.now(),
      )
      void this.#perform(group)
    }
    if (this.circuit === 'open') this.#probeLater()
  }

  /** The steps at the head of the queue that one call can carry. */
  #takeGroup(call: StepCall, bulk: number): Queued[] {
    const most = BULK_VERBS.has(call.verb) ? bulk : 1
    let count = 0
    while (count < most && this.#queue[count]?.step.call.verb === call.verb) count += 1
    return this.#queue.splice(0, Math.max(1, count))
  }

  async #perform(group: readonly Queued[]): Promise<void> {
    const steps = group.map((entry) => entry.step)
    this.#calls += 1
    const outcomes = await this.#within(steps)
    this.#underWay -= group.length
    this.#judge(outcomes)
    this.#vacancies.note(outcomes, this.#clock.now())
    group.forEach(({ step, tell }, at) => {
      tell(outcomes[at] ?? { step, answer: unknown('timeout', 'no answer') })
    })
    this.#pump()
    this.offerRoom()
  }

  async #within(steps: readonly Step[]): Promise<readonly StepOutcome[]> {
    const aborter = new AbortController()
    let cancel: Cancel | undefined
    const late = new Promise<readonly StepOutcome[]>((resolve) => {
      cancel = this.#clock.schedule(CALL_TIMEOUT, () => {
        aborter.abort()
        resolve(
          steps.map((step) => ({
            step,
            answer: unknown('timeout', `no answer within ${CALL_TIMEOUT / 1_000} s`),
          })),
        )
      })
    })
    try {
      return await Promise.race([callPort(this.location, steps, { signal: aborter.signal }), late])
    } catch (thrown) {
      return steps.map((step) => ({ step, answer: { kind: 'unknown', failure: failureOf(thrown) } }))
    } finally {
      cancel?.()
    }
  }

  #judge(outcomes: readonly StepOutcome[]): void {
    const lost =
      outcomes.length > 0 &&
      outcomes.every(({ answer }) => answer.kind === 'unknown' && NO_ANSWER.has(answer.failure.cause))
    this.#unanswered = lost ? this.#unanswered + 1 : 0
    if (this.#unanswered >= CIRCUIT_AFTER) this.#openUntil = this.#clock.now() + CIRCUIT_FOR
  }

  #probeLater(): void {
    if (this.#cancelProbe !== undefined) return
    this.#cancelProbe = this.#clock.schedule(Math.max(0, this.#openUntil - this.#clock.now()), () => {
      this.#cancelProbe = undefined
      this.#unanswered = CIRCUIT_AFTER - 1
      this.#pump()
      this.offerRoom()
    })
  }

  /** As many as there may be room for are told, first come first served. */
  #tellRoom(): void {
    const { concurrency, bulk } = this.location.capabilities
    let room = concurrency * bulk - this.#underWay - this.#queue.length
    for (const [id, tell] of this.#roomWanted) {
      if (room <= 0) return
      room -= 1
      this.#roomWanted.delete(id)
      tell()
    }
  }
}

/** Nobody could be asked, or whoever took the call was silent: a half-open connection looks like that. */
const NO_ANSWER: ReadonlySet<FailureRecord['cause']> = new Set<FailureRecord['cause']>([
  'unreachable',
  'timeout',
])

const BULK_VERBS: ReadonlySet<StepCall['verb']> = new Set(['ensure', 'start', 'stop', 'fence', 'destroy'])

function unknown(
  cause: FailureRecord['cause'],
  message: string,
): { readonly kind: 'unknown'; readonly failure: FailureRecord } {
  return { kind: 'unknown', failure: { cause, retry: 'soon', message } }
}

type Answer = EnsureAnswer | CommandAnswer | RunAnswer

async function callPort(
  location: Location,
  steps: readonly Step[],
  options: CallOptions,
): Promise<readonly StepOutcome[]> {
  const answers = await answersOf(location, steps, options)
  const looked = steps.map((step, at) => (needsLook(step.call, answers[at]) ? refOf(step.call) : undefined))
  const refs = looked.filter((ref) => ref !== undefined)
  const states = refs.length === 0 ? [] : await location.observe(refs, options)
  const seen = new Map(
    states.flatMap((state) => (state === undefined ? [] : [[state.token, state] as const])),
  )
  return steps.map((step, at) => outcomeOf(step, answers[at], seen.get(refOf(step.call)?.token ?? '')))
}

function outcomeOf(step: Step, answer: Answer | undefined, seen: ResourceState | undefined): StepOutcome {
  const known = answer ?? unknown('internal', 'the driver gave no answer')
  return seen === undefined ? { step, answer: known } : { step, answer: known, seen }
}

/** Verbs whose answer does not say how the machine is now. */
function needsLook(call: StepCall, answer: Answer | undefined): boolean {
  return (call.verb === 'start' || call.verb === 'stop' || call.verb === 'end-run') && answer?.kind === 'done'
}

function refOf(call: StepCall): ResourceRef | undefined {
  return call.verb === 'ensure' ? undefined : call.ref
}

async function answersOf(
  location: Location,
  steps: readonly Step[],
  options: CallOptions,
): Promise<readonly Answer[]> {
  const calls = steps.map((step) => step.call)
  const [first] = calls
  if (first === undefined) return []
  switch (first.verb) {
    case 'ensure':
      return location.ensure(
        calls.flatMap((call) => (call.verb === 'ensure' ? [call.want] : [])),
        options,
      )
    case 'start':
      return location.start(refsOf(calls), options)
    case 'stop':
      return location.stop(refsOf(calls), { ...options, grace: first.grace })
    case 'fence':
      return location.fence === undefined
        ? location.destroy(refsOf(calls), options)
        : location.fence(refsOf(calls), options)
    case 'destroy':
      return location.destroy(refsOf(calls), options)
    case 'workflow':
      return [unknown('internal', 'a workflow is done by the engine, and not at a location')]
    default:
      return [await singleAnswer(location, first, options)]
  }
}

function refsOf(calls: readonly StepCall[]): readonly ResourceRef[] {
  return calls.flatMap((call) => refOf(call) ?? [])
}

type SingleCall = Extract<StepCall, { readonly verb: 'run' | 'end-run' | 'refresh' }>

async function singleAnswer(location: Location, call: SingleCall, options: CallOptions): Promise<Answer> {
  if (call.verb === 'run') return location.run(call.ref, call.request, options)
  if (call.verb === 'end-run') return location.endRun(call.ref, call.token, { ...options, grace: call.grace })
  const copied = await location.copy(call.ref, call.files, options)
  if (copied.kind !== 'done' || call.reload === undefined) return copied
  return location.run(call.ref, call.reload, options)
}
