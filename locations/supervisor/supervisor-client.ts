import { Failure, type CommandAnswer, type CommandOutput, type MachineFile } from '../../engine/index.js'
import type { FailureRecord, RunAnswer, RunRequest, RunState } from '../../engine/index.js'
import {
  callCommand,
  copyPayload,
  installCommand,
  installInput,
  NOT_INSTALLED,
  parseAnswer,
  requestText,
  runPayload,
  WRONG_SECRET,
  type Answer,
  type Verb,
} from './protocol.js'
import type { SupervisorCall, SupervisorPlace, Transport } from './transport.js'

/** Milliseconds for a verb that waits for nothing. */
const PATIENCE = 30_000
/** Bytes kept of an answer that carries no output. */
const ANSWER_LIMIT = 1_048_576
const PACE = 5000
const LOGS: NonNullable<SupervisorPlace['logs']> = { limit: 10_485_760, keep: 3 }

type Lines = readonly (readonly [string, string | number])[]

/** How one command went: the script's answer, or that nobody knows. */
type Called =
  | { readonly kind: 'answered'; readonly answer: Answer; readonly stderr: string }
  | { readonly kind: 'refused' | 'unknown'; readonly failure: FailureRecord }

/**
 * Commands the supervisor of one machine through a transport, in the words of the Location port. Brings the script to
 * the machine when it is not there. What the world does is an answer; rejects only as the transport does, except for
 * `output`, `logs` and `status`, which have no other way to fail and reject with a Failure.
 */
export class SupervisorClient {
  readonly #transport: Transport
  readonly #place: SupervisorPlace

  constructor(transport: Transport, place: SupervisorPlace) {
    this.#transport = transport
    this.#place = place
  }

  /** Begins a run, or finds it. 'found' also for one that has ended or was lost: the same token never runs twice. */
  async run(request: RunRequest, call: SupervisorCall): Promise<RunAnswer> {
    const text = attempt(() =>
      requestText(
        [
          ...this.#whereabouts(),
          ['digest', request.digest],
          ['mode', request.mode],
          ['generation', request.generation],
          ['label', request.label],
          ['timeout', request.timeout],
        ],
        runPayload(request),
      ),
    )
    if (typeof text !== 'string') return { kind: 'refused', failure: text }
    const called = await this.#call('start', request.token, { ...call, text })
    if (called.kind !== 'answered') return called
    const { answer } = called
    const run = answer.runs.find((one) => one.token === request.token)
    if (run !== undefined) return { kind: answer.kind === 'found' ? 'found' : 'started', run }
    return { kind: 'unknown', failure: internal('the supervisor has not said how the run stands') }
  }

  /**
   * TERM to the run's process group and to whoever left it with its mark; KILL after `grace` ms. 'done' when nothing
   * of it runs. With a generation, older commands that arrive later are refused.
   */
  async endRun(
    token: string,
    grace: number,
    call: SupervisorCall & { readonly generation?: number },
  ): Promise<CommandAnswer> {
    const lines: Lines = [['grace', grace], ...this.#whereabouts(), ['generation', call.generation ?? 0]]
    return done(await this.#call('end', token, { ...call, text: requestText(lines), extra: grace }))
  }

  /** What a run has printed; services print both streams into one, so that their order is kept. */
  async output(token: string, limit: number, call: SupervisorCall): Promise<CommandOutput> {
    const text = requestText([...this.#whereabouts(), ['limit', limit]])
    const { answer, stderr } = answered(
      await this.#call('output', token, { ...call, text, limit: limit + ANSWER_LIMIT }),
    )
    const end = answer.rest.indexOf('\n')
    const exitCode = /^exitCode (\d+)$/.exec(answer.rest.slice(0, end))?.[1]
    return {
      stdout: answer.rest.slice(end + 1),
      stderr,
      ...(exitCode === undefined ? {} : { exitCode: Number(exitCode) }),
    }
  }

  /** The last lines that the machine's services have printed, newest last. */
  async logs(lines: number, call: SupervisorCall): Promise<string> {
    const text = requestText([...this.#whereabouts(), ['lines', lines]])
    return answered(await this.#call('logs', '', { ...call, text })).answer.rest
  }

  /** Puts files in place, each atomically. */
  async copy(files: readonly MachineFile[], call: SupervisorCall): Promise<CommandAnswer> {
    const text = attempt(() => requestText(this.#whereabouts(), copyPayload(files)))
    if (typeof text !== 'string') return { kind: 'refused', failure: text }
    return done(await this.#call('copy', '', { ...call, text }))
  }

  /** All runs that the machine knows. */
  async status(call: SupervisorCall): Promise<readonly RunState[]> {
    return answered(await this.#call('status', '', { ...call, text: requestText(this.#whereabouts()) }))
      .answer.runs
  }

  /** Forgets a run that has ended, with its logs. */
  async remove(token: string, call: SupervisorCall): Promise<CommandAnswer> {
    return done(await this.#call('remove', token, { ...call, text: requestText(this.#whereabouts()) }))
  }

  #whereabouts(): Lines {
    const { root, instance, secret, logs = LOGS } = this.#place
    const directory = this.#place.runDirectory ?? `${root}/run`
    const install = this.#place.installDirectory ?? `${root}/install`
    return [
      ['secret', secret],
      ['instance', instance],
      ['directory', directory],
      ['install', install],
      ['limit', logs.limit],
      ['keep', logs.keep],
      ['pace', logs.pace ?? PACE],
      ...(this.#place.writable ?? [directory, install]).map((path) => ['writable', path] as const),
    ]
  }

  async #call(verb: Verb, token: string, call: CallParts): Promise<Called> {
    const first = await this.#send(callCommand(this.#place.root, verb, token), call.text, call)
    if (first.exitCode !== NOT_INSTALLED) return read(first)
    const installed = await this.#send(
      installCommand(this.#place.root),
      installInput(this.#place.secret),
      call,
    )
    if (installed.exitCode === WRONG_SECRET) {
      return {
        kind: 'refused',
        failure: { cause: 'denied', retry: 'never', message: installed.stderr.trim() },
      }
    }
    if (installed.exitCode !== 0) return { kind: 'refused', failure: trouble(installed) }
    return read(await this.#send(callCommand(this.#place.root, verb, token), call.text, call))
  }

  #send(command: readonly string[], stdin: string, call: CallParts): Promise<CommandOutput> {
    const timeout = call.timeout !== undefined && call.timeout > 0 ? call.timeout : PATIENCE
    return this.#transport(command, stdin, {
      signal: call.signal,
      timeout: timeout + (call.extra ?? 0),
      limit: call.limit ?? ANSWER_LIMIT,
    })
  }
}

interface CallParts extends SupervisorCall {
  readonly text: string
  /** Milliseconds that the verb itself may wait for. */
  readonly extra?: number
  readonly limit?: number
}

function read(output: CommandOutput): Called {
  const answer = parseAnswer(output.stdout)
  if (answer?.failure !== undefined) return { kind: 'refused', failure: answer.failure }
  if (answer !== undefined && output.exitCode === 0)
    return { kind: 'answered', answer, stderr: output.stderr }
  const neverBegan = output.exitCode === 126 || output.exitCode === 127
  return { kind: neverBegan ? 'refused' : 'unknown', failure: trouble(output) }
}

function done(called: Called): CommandAnswer {
  return called.kind === 'answered' ? { kind: 'done' } : called
}

function answered(called: Called): { readonly answer: Answer; readonly stderr: string } {
  if (called.kind === 'answered') return called
  throw new Failure(called.failure)
}

/** What was made, or why it cannot be. Only failures are caught. */
function attempt(make: () => string): string | FailureRecord {
  try {
    return make()
  } catch (error) {
    if (error instanceof Failure) return error.record
    throw error
  }
}

function trouble({ exitCode, stderr }: CommandOutput): FailureRecord {
  const how = exitCode === undefined ? 'has not answered' : `ended with exit code ${exitCode}`
  if (exitCode === 126 || exitCode === 127) {
    return {
      cause: 'unsupported',
      retry: 'never',
      message: `the machine has no shell for its supervisor: ${stderr.trim()}`,
    }
  }
  return internal(`the machine's supervisor ${how}: ${stderr.trim().slice(-500)}`)
}

function internal(message: string): FailureRecord {
  return { cause: 'internal', retry: 'soon', message }
}
