import { incarnations } from '../../reconcile/facts/condition.js'
import type { Location, ResourceRef, RunAnswer, RunRequest } from '../../ports/location.js'
import { digestOf } from '../../support/digest.js'
import { Failure, failureOf, type FailureRecord } from '../../support/failure.js'
import { Secret } from '../../support/secret.js'
import { scriptAt } from '../../reconcile/calls/shared-machine.js'
import { hostsIn, machineRef } from '../../reconcile/facts/shared-machine.js'
import { text } from '../../expression/value.js'
import type { EffectAnswer, EffectRequest, OpenEffect } from '../../workflow/run-record.js'
import type { KeptApplication, KeptPorts } from '../kept-application.js'
import { openedValue } from './world.js'

/** Milliseconds between two questions whether a command has ended: at first, and at most. */
const SOON = 250
const LATER = 2_000

type Command = Extract<EffectRequest, { readonly kind: 'command' }>

interface Target {
  readonly location: Location
  readonly ref: ResourceRef
}

/**
 * Runs announced commands on machines, under their supervisor: the same token never runs twice, and is found again by whoever
 * takes over. Answers once it is known what came of a command, however often that must be asked for.
 */
export class RunCommands {
  readonly #application: KeptApplication
  readonly #ports: KeptPorts

  constructor(application: KeptApplication, ports: KeptPorts) {
    this.#application = application
    this.#ports = ports
  }

  /** What came of a command; undefined where nobody wants to know any more. */
  async done(effect: OpenEffect, isWanted: () => boolean): Promise<EffectAnswer | undefined> {
    const request = effect.request as Command
    let made: RunRequest | undefined
    try {
      made = this.#request(effect.token, request)
    } catch (thrown) {
      return { kind: 'failed', failure: failureOf(thrown) }
    }
    for (let pause = SOON; isWanted(); pause = Math.min(LATER, pause * 2)) {
      const target = this.#target(request)
      if (target === 'gone')
        return failed('stale', 'the machine is gone: what came of the command is not known')
      const answer = target === undefined ? undefined : await this.#asked(target, made, request.limit)
      if (answer !== undefined) return answer
      await this.#wait(pause)
    }
    return undefined
  }

  /** Ends a command that nobody waits for any more. */
  async abandon({ token, request }: OpenEffect): Promise<void> {
    const target = this.#target(request as Command)
    if (target === 'gone' || target === undefined) return
    await target.location.endRun(target.ref, token, { grace: 5_000, signal: new AbortController().signal })
  }

  async #asked(
    { location, ref }: Target,
    request: RunRequest,
    limit: number,
  ): Promise<EffectAnswer | undefined> {
    const signal = new AbortController().signal
    try {
      const answer = await location.run(ref, { ...request, generation: ref.generation }, { signal })
      // A step that was announced meanwhile has a newer one: it is asked again with that.
      if (answer.kind === 'refused' && answer.failure.cause === 'stale') return undefined
      if (answer.kind === 'refused') return { kind: 'failed', failure: answer.failure }
      if (answer.kind === 'not-ready' || answer.kind === 'unknown') return undefined
      if (answer.run.state === 'running') return undefined
      const printed = await location.output(ref, request.token, { signal, limit })
      return endedAnswer(answer, printed)
    } catch (thrown) {
      if (thrown instanceof Failure) return undefined
      throw thrown
    }
  }

  #request(token: string, { entity, script, environment, timeout }: Command): RunRequest {
    const { seal } = this.#ports
    const { tree } = this.#application.landscape
    const clear = text(openedValue(script, seal))
    if (clear instanceof Secret) {
      const message = 'a command cannot hold a secret: give it by environment'
      throw new Failure({ cause: 'invalid', retry: 'never', message })
    }
    const entries = Object.entries(environment).map(
      ([name, value]) => [name, text(openedValue(value, seal))] as const,
    )
    return {
      token,
      digest: digestOf([clear, Object.keys(environment)]),
      mode: 'task',
      generation: 0,
      label: 'workflow',
      script: scriptAt(clear, tree.at(entity), entity),
      environment: Object.fromEntries(entries),
      files: [],
      timeout,
    }
  }

  #target({ entity, machine }: Command): Target | 'gone' | undefined {
    const record = this.#application.landscape.slots.get(entity)?.record
    const one = record === undefined ? undefined : incarnations(record).find(({ token }) => token === machine)
    if (one === undefined) return 'gone'
    const location = this.#ports.places.get(one.location)?.desk.location
    return location === undefined
      ? undefined
      : { location, ref: machineRef(one, hostsIn(this.#application.landscape.slots)) }
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#ports.clock.schedule(ms, resolve))
  }
}

function endedAnswer(
  { run }: Extract<RunAnswer, { readonly run: unknown }>,
  { stdout, stderr }: { readonly stdout: string; readonly stderr: string },
): EffectAnswer {
  const data = { stdout, stderr, exit_code: run.exitCode ?? null }
  if (run.state === 'exited') return { kind: 'done', output: data }
  if (run.state === 'timed-out')
    return { ...failed('timeout', 'the command was ended: its time was up'), data }
  return { ...failed('stale', 'the command was lost with its machine: what came of it is not known'), data }
}

function failed(cause: FailureRecord['cause'], message: string): Extract<EffectAnswer, { kind: 'failed' }> {
  return { kind: 'failed', failure: { cause, retry: 'never', message } }
}
