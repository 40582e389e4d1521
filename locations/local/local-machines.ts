import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { CommandAnswer, CommandOutput, MachineFile, ResourceRef, RunAnswer } from '../../engine/index.js'
import type { RunRequest } from '../../engine/index.js'
import { readText, SupervisorClient, type SupervisorCall, type Transport } from '../supervisor/index.js'
import type { LocalConfig } from './local-config.js'
import { hostFailure, missing } from './local-failures.js'
import { runProcess } from './local-process.js'
import type { MachineRecord } from './local-records.js'
import { instanceOf, isOn, type LocalStore } from './local-store.js'

/** A command for a machine, and how much of it is waited for and kept. */
export interface ExecOptions {
  readonly signal: AbortSignal
  /** Milliseconds; 0 for none. */
  readonly timeout: number
  /** Bytes of each stream. */
  readonly limit: number
  readonly stdin?: string
}

/** Reads the machine's environment and becomes the command. */
const INSIDE = '. "$1"; shift; exec "$@"'

/** Works inside of machines: software under their supervisors, commands, files and logs. */
export class LocalMachines {
  readonly #store: LocalStore
  readonly #config: LocalConfig

  constructor(store: LocalStore, config: LocalConfig) {
    this.#store = store
    this.#config = config
  }

  async run(ref: ResourceRef, request: RunRequest, signal: AbortSignal): Promise<RunAnswer> {
    const [record, boot] = await Promise.all([this.#store.machine(ref), this.#store.boot()])
    if (record === undefined) return { kind: 'refused', failure: missing(ref).record }
    if (!isOn(record, boot)) return { kind: 'not-ready', reason: `machine ${ref.name} is off` }
    try {
      const client = await this.#client(record)
      return await client.run(request, this.#call(signal))
    } catch (error) {
      return { kind: 'unknown', failure: hostFailure(error) }
    }
  }

  /** On a machine that is gone, nothing runs. */
  async endRun(ref: ResourceRef, token: string, grace: number, signal: AbortSignal): Promise<CommandAnswer> {
    const record = await this.#store.machine(ref)
    if (record === undefined) return { kind: 'done' }
    try {
      const client = await this.#client(record)
      return await client.endRun(token, grace, { ...this.#call(signal), generation: ref.generation })
    } catch (error) {
      return { kind: 'unknown', failure: hostFailure(error) }
    }
  }

  /** Rejects with a Failure when there is no such machine or run. */
  async output(ref: ResourceRef, token: string, limit: number, signal: AbortSignal): Promise<CommandOutput> {
    const client = await this.#client(await this.#machine(ref))
    return client.output(token, limit, this.#call(signal))
  }

  /** Rejects with a Failure when there is no such machine or command. */
  async exec(ref: ResourceRef, command: readonly string[], options: ExecOptions): Promise<CommandOutput> {
    const record = await this.#machine(ref)
    const directory = this.#store.machineDirectory(record.name)
    const environment = { ...this.#environment(), WEIR_RUN: `${directory}/exec/` }
    const inside = ['sh', '-c', INSIDE, 'sh', join(directory, 'supervisor/environment'), ...command]
    return runProcess(inside, {
      ...options,
      stdin: options.stdin ?? '',
      directory: join(directory, 'run'),
      environment,
      ends: true,
    })
  }

  async copy(ref: ResourceRef, files: readonly MachineFile[], signal: AbortSignal): Promise<CommandAnswer> {
    const record = await this.#store.machine(ref)
    if (record === undefined) return { kind: 'refused', failure: missing(ref).record }
    try {
      return await (await this.#client(record)).copy(files, this.#call(signal))
    } catch (error) {
      return { kind: 'unknown', failure: hostFailure(error) }
    }
  }

  async logs(ref: ResourceRef, lines: number, signal: AbortSignal): Promise<string> {
    const client = await this.#client(await this.#machine(ref))
    return client.logs(lines, this.#call(signal))
  }

  async #machine(ref: ResourceRef): Promise<MachineRecord> {
    const record = await this.#store.machine(ref)
    if (record === undefined) throw missing(ref)
    return record
  }

  async #client(record: MachineRecord): Promise<SupervisorClient> {
    const root = this.#store.machineDirectory(record.name)
    const secret = (await readText(join(root, 'supervisor/secret')))?.trim() ?? ''
    const real = await realpath(root)
    return new SupervisorClient(this.#transport(root), {
      root,
      instance: instanceOf(record) ?? '',
      secret,
      writable: [join(real, 'run'), join(real, 'install'), ...record.volumes.map(({ target }) => target)],
      logs: this.#config.logs,
    })
  }

  /** The script goes on when we stop waiting for it: what it has begun it ends. */
  #transport(directory: string): Transport {
    return (command, stdin, options) =>
      runProcess(command, { ...options, stdin, directory, environment: this.#environment(), ends: false })
  }

  #environment(): { readonly [name: string]: string } {
    return { PATH: this.#config.path }
  }

  #call(signal: AbortSignal): SupervisorCall {
    return { signal, timeout: this.#config.timeout }
  }
}
