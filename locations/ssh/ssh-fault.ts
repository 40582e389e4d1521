import { Failure, type FailureRecord } from '../../engine/index.js'
import { hostText, type SshHost } from './ssh-host.js'

/** A command did not come to its end. `begun`: the far end may have begun it, so that its effect is not known. */
export class SshFault extends Failure {
  readonly begun: boolean

  constructor(record: FailureRecord, begun: boolean, cause?: unknown) {
    super(record, cause)
    this.begun = begun
  }
}

/** Why a host cannot be logged in to: its name, its port, its key, or the one who logs in. */
export function loginFault(host: SshHost, error: unknown): SshFault {
  return error instanceof SshFault ? error : new SshFault(loginFailure(host, error), false, error)
}

/** A connection has ended while something was under way on it. */
export function lostFault(host: SshHost, begun: boolean, error?: Error): SshFault {
  const why = error === undefined ? '' : `: ${error.message}`
  return new SshFault(
    { cause: 'unreachable', retry: 'soon', message: `the connection to ${hostText(host)} was lost${why}` },
    begun,
    error,
  )
}

/** A host has let us in and takes no further command now. */
export function channelFault(host: SshHost, error: Error): SshFault {
  const message = `${hostText(host)} takes no further command now: ${error.message}`
  return new SshFault({ cause: 'throttled', retry: 'soon', message }, false, error)
}

/** We were told to stop before anything was asked. */
export function givenUp(host: SshHost): SshFault {
  const message = `the call to ${hostText(host)} was given up before it began`
  return new SshFault({ cause: 'timeout', retry: 'soon', message }, false)
}

function loginFailure(host: SshHost, error: unknown): FailureRecord {
  const { level, code, message } = wordsOf(error)
  const who = hostText(host)
  if (level === 'client-authentication' || level === 'agent') {
    return denied(`${who} does not let the user ${host.user} in with ${meansText(host)}`)
  }
  if (message.startsWith('Cannot parse privateKey')) {
    return { cause: 'invalid', retry: 'never', message: `the key for ${who} cannot be read: ${message}` }
  }
  if (message.startsWith('Handshake failed')) {
    return { cause: 'unsupported', retry: 'never', message: `${who}: no common ground: ${message}` }
  }
  return { cause: 'unreachable', retry: 'soon', message: `${who}: ${reachText(host, code, message)}` }
}

function reachText({ address, port }: SshHost, code: string, message: string): string {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `nobody knows an address of the name ${address}`
    case 'ECONNREFUSED':
      return `nothing listens at port ${port}`
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'there is no way to it'
    case 'ETIMEDOUT':
      return 'it does not answer'
    default:
      return message
  }
}

/** What we have shown, without any of it. */
function meansText({ login }: SshHost): string {
  const means = [
    ...(login.key === undefined ? [] : ['its key']),
    ...(login.agent === undefined ? [] : ['the keys of its agent']),
    ...(login.password === undefined ? [] : ['its password']),
  ]
  return means.length === 0 ? 'nothing to show: give it a key, an agent or a password' : means.join(', or ')
}

function denied(message: string): FailureRecord {
  return { cause: 'denied', retry: 'never', message }
}

function wordsOf(error: unknown): {
  readonly level: string
  readonly code: string
  readonly message: string
} {
  if (!(error instanceof Error)) return { level: '', code: '', message: String(error) }
  const { level, code } = error as { readonly level?: unknown; readonly code?: unknown }
  return { level: textOf(level), code: textOf(code), message: error.message }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
