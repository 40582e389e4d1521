import type { ResourceState } from '../../entity/resource.js'
import type { CommandAnswer, EnsureAnswer, Location, ResourceWant } from '../../ports/location.js'
import { Failure, nameTaken, type FailureRecord } from '../../support/failure.js'
import type { ContainerRequest, EffectAnswer, OpenEffect } from '../../workflow/run-record.js'
import type { KeptApplication, KeptPorts } from '../kept-application.js'
import { containerRef, containerWant } from './container-want.js'

/** Milliseconds between two looks at a container: at first, and at most. */
const SOON = 250
const LATER = 2_000

/** How often it is tried to remove a container that is done with; what is left then is the orphan collector's. */
const REMOVALS = 5

/** What one life knows of a container besides what is there. */
interface Memory {
  /** Whether it was seen in this life. */
  readonly wasThere: boolean
  /** Whether nobody from an earlier life may be about to start it. */
  readonly mayStart: boolean
}

/** What came of a look: the answer, or what is known now, and whether it is looked at again at once. */
type Looked = { readonly answer: EffectAnswer } | { readonly memory: Memory; readonly now: boolean }

const CALL = { signal: new AbortController().signal }

const SILENT = { stdout: '', stderr: '' }

/**
 * Runs announced containers to their end: each is a machine with a command of its own, made and started once for its token. Whoever takes over
 * looks first; one that has ended is never started again, and what it gave is its answer.
 */
export class RunContainers {
  readonly #application: KeptApplication
  readonly #ports: KeptPorts

  constructor(application: KeptApplication, ports: KeptPorts) {
    this.#application = application
    this.#ports = ports
  }

  /** What came of a container; `isFound` says that it was announced in an earlier life. Undefined where nobody wants to know any more. */
  async done(
    effect: OpenEffect,
    { isFound, isWanted }: { readonly isFound: boolean; readonly isWanted: () => boolean },
  ): Promise<EffectAnswer | undefined> {
    const request = effect.request as ContainerRequest
    const want = containerWant(effect, this.#application.landscape.desired, this.#ports)
    let memory: Memory = { wasThere: false, mayStart: !isFound }
    let pause = SOON
    while (isWanted()) {
      const looked = await this.#asked(want, request, memory)
      if ('answer' in looked) return looked.answer
      memory = looked.memory
      if (looked.now) continue
      await this.#wait(pause)
      pause = Math.min(LATER, pause * 2)
    }
    return undefined
  }

  /** Removes a container that is done with, or that nobody waits for any more. */
  async remove(effect: OpenEffect): Promise<void> {
    const ref = containerRef(effect, this.#application.landscape.desired)
    for (let time = 1; time <= REMOVALS; time += 1) {
      const location = this.#locationOf(effect.request as ContainerRequest)
      const [answer] = (await location?.destroy([ref], CALL)) ?? []
      if (answer?.kind === 'done') return
      await this.#wait(LATER)
    }
    this.#ports.log.warn('a container is left to the orphan collector', { name: ref.name })
  }

  async #asked(want: ResourceWant, request: ContainerRequest, memory: Memory): Promise<Looked> {
    try {
      return await this.#looked(want, request, memory)
    } catch (thrown) {
      if (thrown instanceof Failure) return later(memory)
      throw thrown
    }
  }

  async #looked(want: ResourceWant, request: ContainerRequest, memory: Memory): Promise<Looked> {
    const location = this.#locationOf(request)
    const [seen] = (await location?.observe([{ ...want, kind: 'machine' }], CALL)) ?? []
    if (location === undefined || seen === undefined) return later(memory)
    if (hasEnded(seen)) return { answer: await this.#ended(location, want, { seen, request }) }
    if (seen.state === 'absent') return missed(location, want, memory)
    const known = { ...memory, wasThere: true }
    return seen.state === 'stopped' ? unstarted(location, want, known) : later(known)
  }

  async #ended(
    location: Location,
    want: ResourceWant,
    { seen, request }: { readonly seen: ResourceState; readonly request: ContainerRequest },
  ): Promise<EffectAnswer> {
    const { limit } = request
    const { stdout, stderr } =
      (await location.printed?.({ ...want, kind: 'machine' }, { ...CALL, limit })) ?? SILENT
    const data = { stdout, stderr, exit_code: seen.exitCode ?? null }
    if (seen.state === 'failed' || seen.instance === undefined)
      return { ...failed('command-failed', `the container was not run: ${seen.reason ?? 'it failed'}`), data }
    return { kind: 'done', output: data }
  }

  #locationOf({ location }: ContainerRequest): Location | undefined {
    return this.#ports.places.get(location)?.desk.location
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#ports.clock.schedule(ms, resolve))
  }
}

const GONE = 'the container is gone, and not by us: what came of it is not known'

function later(memory: Memory): Looked {
  return { memory, now: false }
}

async function missed(location: Location, want: ResourceWant, memory: Memory): Promise<Looked> {
  if (memory.wasThere) return { answer: failed('stale', GONE) }
  const [made] = await location.ensure([want], CALL)
  return made === undefined ? later(memory) : afterMaking(made, memory)
}

async function unstarted(location: Location, want: ResourceWant, memory: Memory): Promise<Looked> {
  if (!memory.mayStart) return later({ ...memory, mayStart: true })
  const [started] = await location.start([{ ...want, kind: 'machine' }], CALL)
  return started === undefined ? later(memory) : afterStart(started, memory)
}

function hasEnded({ state, exitCode }: ResourceState): boolean {
  return state === 'failed' || (state === 'stopped' && exitCode !== undefined)
}

function afterMaking(made: EnsureAnswer, memory: Memory): Looked {
  switch (made.kind) {
    case 'found':
    case 'created':
      return { memory: { wasThere: true, mayStart: true }, now: true }
    case 'conflict':
      return { answer: { kind: 'failed', failure: nameTaken(made.holder) } }
    case 'refused':
      return afterRefusal(made.failure, memory)
    default:
      return later({ ...memory, mayStart: true })
  }
}

function afterStart(started: CommandAnswer, memory: Memory): Looked {
  if (started.kind === 'refused') return afterRefusal(started.failure, memory)
  return { memory, now: started.kind === 'done' }
}

/** What may pass is waited for, as long as the step has time. */
function afterRefusal(failure: FailureRecord, memory: Memory): Looked {
  return failure.retry === 'never' ? { answer: { kind: 'failed', failure } } : later(memory)
}

function failed(cause: FailureRecord['cause'], message: string): Extract<EffectAnswer, { kind: 'failed' }> {
  return { kind: 'failed', failure: { cause, retry: 'never', message } }
}
