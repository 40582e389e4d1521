import { isJsonObject, type Json } from '../../engine/index.js'
import type { SshSessions } from '../ssh/index.js'
import type { ByonConfig, ByonHost } from './byon-config.js'
import { hostFault } from './byon-failures.js'
import type { Claim, ClaimRecord, HostLook } from './byon-record.js'
import { HOST_SCRIPT } from './host-script.js'

/** Bytes kept of an answer: records of some hundred machines. */
const LIMIT = 1_048_576

/** What a host answered to a verb that changes something. */
export interface HostAnswer {
  readonly kind: 'done' | 'created' | 'found' | 'full' | 'busy' | 'denied' | 'missing'
  /** Why not. */
  readonly reason: string
}

/** Does things on hosts, by a script that is sent along. Rejects with a Failure, an SshFault where ssh is at fault. */
export class HostShell {
  readonly #sessions: Pick<SshSessions, 'run'>
  readonly #config: ByonConfig

  constructor(sessions: Pick<SshSessions, 'run'>, config: ByonConfig) {
    this.#sessions = sessions
    this.#config = config
  }

  /** All that is claimed there. */
  async look(host: ByonHost, signal: AbortSignal): Promise<HostLook> {
    const text = await this.#ask(host, ['look'], '', signal)
    const look = parseLook(text)
    if (look === undefined) throw hostFault(host, `it has not answered as it should: ${text.slice(0, 200)}`)
    return look
  }

  /** Claims a place for a machine unless it has one, with what all that run on it are told. */
  claim(host: ByonHost, record: ClaimRecord, environment: string, signal: AbortSignal): Promise<HostAnswer> {
    const verb = ['claim', record.token, String(host.machines), String(record.generation)]
    return this.#do(host, verb, `${JSON.stringify(record)}\n${environment}`, signal)
  }

  power(
    host: ByonHost,
    machine: { readonly token: string; readonly generation: number },
    to: 'on' | 'off',
    signal: AbortSignal,
  ): Promise<HostAnswer> {
    return this.#do(host, ['power', machine.token, to, String(machine.generation)], '', signal)
  }

  /** Kills whatever of a machine still runs. */
  quiet(host: ByonHost, token: string, signal: AbortSignal): Promise<HostAnswer> {
    return this.#do(host, ['quiet', token], '', signal)
  }

  /** Kills whatever runs there, and takes it away with its claim. */
  release(host: ByonHost, token: string, signal: AbortSignal): Promise<HostAnswer> {
    return this.#do(host, ['release', token], '', signal)
  }

  async #do(
    host: ByonHost,
    verb: readonly string[],
    stdin: string,
    signal: AbortSignal,
  ): Promise<HostAnswer> {
    const text = await this.#ask(host, verb, stdin, signal)
    const [, kind = '', reason = ''] = /^answer ([a-z]+)\n?([^\n]*)/.exec(text) ?? []
    if (!isKind(kind)) throw hostFault(host, `it has not answered as it should: ${text.slice(0, 200)}`, true)
    return { kind, reason }
  }

  async #ask(
    host: ByonHost,
    [verb = '', ...rest]: readonly string[],
    stdin: string,
    signal: AbortSignal,
  ): Promise<string> {
    const command = ['sh', '-c', HOST_SCRIPT, 'sh', verb, this.#config.root, ...rest]
    const call = { signal, timeout: this.#config.timeout, limit: LIMIT, stdin }
    const { stdout, stderr, exitCode } = await this.#sessions.run(host.ssh, command, call)
    if (exitCode === 0) return stdout
    const how = exitCode === undefined ? 'has not ended' : `has ended with exit code ${exitCode}`
    throw hostFault(
      host,
      `the command ${verb} ${how}: ${stderr.trim().slice(-300)}`,
      !NEVER_BEGAN.has(exitCode),
    )
  }
}

/** Exit codes of a shell that is not there: whatever ends otherwise may have done what it was asked for. */
const NEVER_BEGAN: ReadonlySet<number | undefined> = new Set([126, 127])

/** Reads what a host shows; undefined when it is no such text. */
export function parseLook(text: string): HostLook | undefined {
  const [first, ...lines] = text.trimEnd().split('\n')
  if (first !== 'answer done') return undefined
  const [root, boot, ...slots] = lines.map(wordAndRest)
  if (root?.[0] !== 'root' || boot?.[0] !== 'boot') return undefined
  const claims: Claim[] = []
  for (let at = 0; at < slots.length; at += LINES) {
    const claim = claimOf(new Map(slots.slice(at, at + LINES)))
    if (claim !== undefined) claims.push(claim)
  }
  return { root: root[1], boot: boot[1], claims, taken: slots.length / LINES }
}

/** That tell of one claim: slot, record, power, complete. */
const LINES = 4

/** Undefined for what is in no record of ours: it takes its place, and is not ours to tell of. */
function claimOf(lines: ReadonlyMap<string, string>): Claim | undefined {
  const record = recordOf(lines.get('record') ?? '')
  if (record === undefined) return undefined
  const [power, boots, boot = '-', generation] = (lines.get('power') ?? '').split(' ')
  return {
    slot: Number(lines.get('slot')),
    record,
    generation: Math.max(record.generation, Number(generation) || 0),
    power: power === 'on' ? 'on' : 'off',
    boots: Number(boots) || 0,
    boot,
    isComplete: lines.get('complete') === 'yes',
  }
}

function recordOf(text: string): ClaimRecord | undefined {
  try {
    const value = JSON.parse(text) as Json
    const isRecord =
      isJsonObject(value) &&
      value['kind'] === 'machine' &&
      typeof value['token'] === 'string' &&
      isJsonObject(value['marks']) &&
      isJsonObject(value['ports'])
    return isRecord ? (value as ClaimRecord) : undefined
  } catch {
    return undefined
  }
}

function wordAndRest(line: string): readonly [string, string] {
  const space = line.indexOf(' ')
  return space < 0 ? [line, ''] : [line.slice(0, space), line.slice(space + 1)]
}

function isKind(kind: string): kind is HostAnswer['kind'] {
  return ['done', 'created', 'found', 'full', 'busy', 'denied', 'missing'].includes(kind)
}
