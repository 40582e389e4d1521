import { Failure, type CommandAnswer, type CommandOutput, type MachineFile } from '../../engine/index.js'
import type { ResourceRef, RunAnswer, RunRequest } from '../../engine/index.js'
import type { SshSessions } from '../ssh/index.js'
import type { SupervisorCall, SupervisorClient } from '../supervisor/index.js'
import type { ByonConfig } from './byon-config.js'
import { missing, thrownAnswer } from './byon-failures.js'
import type { ByonFinder, Found, Search } from './byon-finder.js'
import { directoryOf, isOn } from './byon-record.js'
import type { ByonSoftware } from './byon-software.js'

/** What working on machines takes. */
export interface MachineParts {
  readonly finder: ByonFinder
  readonly software: ByonSoftware
  readonly sessions: SshSessions
  readonly config: ByonConfig
}

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
const INSIDE = '. "$1/supervisor/environment"; cd "$1/run" || exit 126; shift; exec "$@"'

/** Works on machines: software under their supervisors, commands, files and logs. */
export class ByonMachines {
  readonly #parts: MachineParts

  constructor(parts: MachineParts) {
    this.#parts = parts
  }

  async run(ref: ResourceRef, request: RunRequest, signal: AbortSignal): Promise<RunAnswer> {
    const search = await this.#search(ref, signal)
    if (search.kind === 'absent') return { kind: 'refused', failure: missing(ref).record }
    if (search.kind === 'unknown') return { kind: 'not-ready', reason: search.silent.join('; ') }
    if (!isOn(search.look, search.claim)) return { kind: 'not-ready', reason: `machine ${ref.name} is off` }
    try {
      return await this.#parts.software.supervisor(search).run(request, this.#call(signal))
    } catch (error) {
      return thrownAnswer(error)
    }
  }

  /** On a machine that is gone, nothing runs. */
  async endRun(ref: ResourceRef, token: string, grace: number, signal: AbortSignal): Promise<CommandAnswer> {
    const call = { ...this.#call(signal), generation: ref.generation }
    return this.#command(ref, signal, { kind: 'done' }, (client) => client.endRun(token, grace, call))
  }

  async copy(ref: ResourceRef, files: readonly MachineFile[], signal: AbortSignal): Promise<CommandAnswer> {
    const absent: CommandAnswer = { kind: 'refused', failure: missing(ref).record }
    return this.#command(ref, signal, absent, (client) => client.copy(files, this.#call(signal)))
  }

  /** Rejects with a Failure when there is no such machine or run. */
  async output(ref: ResourceRef, token: string, limit: number, signal: AbortSignal): Promise<CommandOutput> {
    const machine = await this.#machine(ref, signal)
    return this.#parts.software.supervisor(machine).output(token, limit, this.#call(signal))
  }

  async logs(ref: ResourceRef, lines: number, signal: AbortSignal): Promise<string> {
    const machine = await this.#machine(ref, signal)
    return this.#parts.software.supervisor(machine).logs(lines, this.#call(signal))
  }

  /** Rejects with a Failure when there is no such machine. */
  async exec(ref: ResourceRef, command: readonly string[], options: ExecOptions): Promise<CommandOutput> {
    const { host, look } = await this.#machine(ref, options.signal)
    const inside = ['sh', '-c', INSIDE, 'sh', directoryOf(look, ref.token), ...command]
    return this.#parts.sessions.run(host.ssh, inside, { ...options, stdin: options.stdin ?? '' })
  }

  async #command(
    ref: ResourceRef,
    signal: AbortSignal,
    absent: CommandAnswer,
    act: (client: SupervisorClient) => Promise<CommandAnswer>,
  ): Promise<CommandAnswer> {
    const search = await this.#search(ref, signal)
    if (search.kind === 'absent') return absent
    if (search.kind === 'unknown') return { kind: 'not-ready', reason: search.silent.join('; ') }
    try {
      return await act(this.#parts.software.supervisor(search))
    } catch (error) {
      return thrownAnswer(error)
    }
  }

  async #machine(ref: ResourceRef, signal: AbortSignal): Promise<Found> {
    const search = await this.#search(ref, signal)
    if (search.kind === 'found') return search
    if (search.kind === 'absent') throw missing(ref)
    throw new Failure({ cause: 'unreachable', retry: 'soon', message: search.silent.join('; ') })
  }

  #search(ref: ResourceRef, signal: AbortSignal): Promise<Search> {
    const { finder } = this.#parts
    return finder.search(ref.token, finder.round(signal))
  }

  #call(signal: AbortSignal): SupervisorCall {
    return { signal, timeout: this.#parts.config.timeout }
  }
}
