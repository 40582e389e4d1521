import { text } from '../../expression/value.js'
import type { Location } from '../../ports/location.js'
import type { ProbeAnswer, Prober } from '../../ports/prober.js'
import type { ConfigMap } from '../../spec/entity-spec.js'
import type { WorkflowSpec } from '../../spec/workflow-spec.js'
import type { Expression } from '../../spec/expression.js'
import { basicLogin } from '../../support/basic-login.js'
import type { Clock } from '../../support/clock.js'
import { Failure } from '../../support/failure.js'
import { Secret } from '../../support/secret.js'
import type { CheckTarget } from '../calls/check-run.js'
import { execCommand } from '../calls/exec-command.js'
import { scriptAt } from '../calls/shared-machine.js'
import { machineOf } from '../facts/condition.js'
import { hostsIn, machineRef } from '../facts/shared-machine.js'
import type { SlotState } from '../facts/landscape.js'
import { worldFor, type WorldSources } from '../facts/tracked-world.js'
import { versionAt } from '../facts/rollout.js'

/** Bytes of an answer that are looked at. */
const PROBE_LIMIT = 65_536

/** What asking needs from outside. */
export interface AskerPorts {
  readonly clock: Clock
  readonly prober: Prober
  readonly sources: WorldSources
  location(name: string): Location | undefined
  /** What is wrong with an entity by a workflow that checks it, on its machine; nothing where it runs. */
  checked(path: string, workflow: WorkflowSpec, machine: string): Promise<string | undefined>
}

/** A login over HTTP. */
export interface Login {
  readonly user: Expression
  readonly password: Expression
}

/** What a command on a machine said. */
export interface Said {
  readonly stdout: string
  readonly exitCode?: number
}

/** Asks endpoints and machines on behalf of entities. Never throws for what a place or an endpoint refuses. */
export class FarAsker {
  readonly #ports: AskerPorts

  constructor(ports: AskerPorts) {
    this.#ports = ports
  }

  /** An expression of an entity as text; undefined while it is not known. */
  text(path: string, expression: Expression): string | Secret | undefined {
    const { sources, clock } = this.#ports
    const world = worldFor('', clock.now(), sources)
    const value = world.evaluate(expression, path, versionAt(world.desired, path))
    return value.kind === 'ready' ? text(value.value) : undefined
  }

  async ask(path: string, to: Expression, how: AskOptions): Promise<ProbeAnswer> {
    const known = this.text(path, to)
    if (known === undefined) return { kind: 'failed', reason: 'its address is not known' }
    const headers = this.#headers(path, how)
    if (headers === undefined) return { kind: 'failed', reason: 'its headers or its login are not known' }
    const options = {
      timeout: how.timeout,
      limit: PROBE_LIMIT,
      signal: new AbortController().signal,
      headers,
    }
    return this.#ports.prober.get(clear(known), options)
  }

  /** Runs a script that holds no secret; secrets may be in its environment. Undefined where it was not run. */
  async exec(slot: SlotState, command: Expression, how: ExecOptions): Promise<Said | undefined> {
    const script = this.text(slot.path, command)
    const target = this.target(slot)
    const environment = this.#texts(slot.path, how.environment ?? {})
    if (typeof script !== 'string' || target === undefined || environment === undefined) return undefined
    const options = { timeout: how.timeout, limit: PROBE_LIMIT, signal: new AbortController().signal }
    return answered(
      (async () => {
        const { command: words, ...input } = execCommand(scriptAt(script, slot.node, slot.path), environment)
        return target.location.exec(target.ref, words, { ...options, ...input })
      })(),
    )
  }

  /** A measure that the place itself takes of a machine. */
  async metric(slot: SlotState, name: string): Promise<number | undefined> {
    const target = this.target(slot)
    if (target === undefined) return undefined
    const options = { signal: new AbortController().signal }
    const samples = await answered(target.location.metrics([target.ref], options))
    return samples?.find((sample) => sample.metric === name)?.value
  }

  /** The current machine of a slot. */
  target(slot: SlotState): CheckTarget | undefined {
    const { current } = slot.record
    const location = current === undefined ? undefined : this.#ports.location(current.location)
    if (current === undefined || location === undefined) return undefined
    const instance = machineOf(current, slot.observed)?.instance
    return {
      location,
      ...(instance === undefined ? {} : { instance }),
      ref: machineRef(current, hostsIn(this.#ports.sources.landscape.slots)),
    }
  }

  /** What a request says beside its URL; undefined while a part of it is not known. */
  #headers(
    path: string,
    { headers = {}, login }: AskOptions,
  ): { readonly [name: string]: string } | undefined {
    const known = this.#texts(path, headers)
    if (known === undefined) return undefined
    const made = Object.fromEntries(Object.entries(known).map(([name, value]) => [name, clear(value)]))
    if (login === undefined) return made
    const [user, password] = [login.user, login.password].map((part) => this.text(path, part))
    if (user === undefined || password === undefined) return undefined
    return { ...made, authorization: basicLogin(clear(user), clear(password)) }
  }

  #texts(path: string, map: ConfigMap): { readonly [name: string]: string | Secret } | undefined {
    const made: { [name: string]: string | Secret } = {}
    for (const [name, expression] of Object.entries(map)) {
      const known = this.text(path, expression)
      if (known === undefined) return undefined
      made[name] = known
    }
    return made
  }
}

/** How an endpoint is asked. */
export interface AskOptions {
  /** Milliseconds. */
  readonly timeout: number
  readonly headers?: ConfigMap
  readonly login?: Login
}

/** How a command is run. */
export interface ExecOptions {
  /** Milliseconds. */
  readonly timeout: number
  readonly environment?: ConfigMap
}

/** What a place answers; nothing where it fails, so that polling goes on and a check counts as missed. */
export async function answered<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (thrown) {
    if (thrown instanceof Failure) return undefined
    throw thrown
  }
}

/** Danger: what a secret says, on its way to the far end. */
function clear(value: string | Secret): string {
  return value instanceof Secret ? value.reveal() : value
}
