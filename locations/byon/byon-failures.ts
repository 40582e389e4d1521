import { Failure, failureOf, type FailureRecord } from '../../engine/index.js'
import type { CommandAnswer, EnsureAnswer, ResourceRef } from '../../engine/index.js'
import { hostText, SshFault } from '../ssh/index.js'
import type { ByonHost } from './byon-config.js'
import type { ClaimRecord } from './byon-record.js'
import type { HostAnswer } from './host-shell.js'

/** Certainly not done, and why: an answer of every verb that commands. */
export interface Refused {
  readonly kind: 'refused'
  readonly failure: FailureRecord
}

/** A host that answers, and not as it should. `begun`: what was asked may have been done. */
export function hostFault(host: ByonHost, message: string, begun = false): SshFault {
  return new SshFault(
    { cause: 'internal', retry: 'soon', message: `${hostText(host.ssh)}: ${message}` },
    begun,
  )
}

/** Only another document can help. */
export function unsupported(message: string): Refused {
  return { kind: 'refused', failure: { cause: 'unsupported', retry: 'never', message } }
}

/** No host has room until something goes. */
export function full(message: string): Refused {
  return { kind: 'refused', failure: { cause: 'capacity', retry: 'never', message } }
}

/** An older command that arrived late. */
export function stale(token: string, generation: number): Refused {
  const message = `generation ${generation} of ${token} is older than one already seen`
  return { kind: 'refused', failure: { cause: 'stale', retry: 'never', message } }
}

/** The name is held by a machine that is not the one that was asked for. */
export function conflict({ name, marks }: Pick<ClaimRecord, 'name' | 'marks'>): EnsureAnswer {
  const { engine, application, entity } = marks
  return {
    kind: 'conflict',
    holder: `machine ${name}, made by engine ${engine} for ${application}/${entity}`,
  }
}

/** What is named is not there. */
export function missing(ref: Pick<ResourceRef, 'kind' | 'name'>): Failure {
  return new Failure({ cause: 'missing', retry: 'soon', message: `there is no ${ref.kind} ${ref.name}` })
}

/** What came of a command that threw: unknown where it may have been done. */
export function thrownAnswer(thrown: unknown): Extract<CommandAnswer, { readonly failure: FailureRecord }> {
  const begun = thrown instanceof SshFault ? thrown.begun : !(thrown instanceof Failure)
  return { kind: begun ? 'unknown' : 'refused', failure: failureOf(thrown) }
}

/** What a host said to a command, in the words of the port. */
export function commandAnswer(host: ByonHost, { kind, reason }: HostAnswer): CommandAnswer {
  const message = `${hostText(host.ssh)}: ${reason}`
  switch (kind) {
    case 'done':
    case 'created':
    case 'found':
      return { kind: 'done' }
    case 'busy':
      return { kind: 'not-ready', reason: message }
    case 'full':
      return full(message)
    case 'denied':
      return { kind: 'refused', failure: { cause: 'denied', retry: 'never', message } }
    case 'missing':
      return { kind: 'refused', failure: { cause: 'missing', retry: 'soon', message } }
  }
}
