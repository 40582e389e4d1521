import {
  Failure,
  type CommandAnswer,
  type EnsureAnswer,
  type FailureCause,
  type FailureRecord,
  type RetryClass,
} from '../../engine/index.js'

/** What a call's error means: whether its effect may have happened nevertheless, and the failure as data. */
export interface Fault {
  readonly mayHaveHappened: boolean
  readonly failure: FailureRecord
}

/** The error of a call that we stopped waiting for; what the engine has begun goes on. */
export class WaitEnded extends Error {
  override readonly name = 'WaitEnded'
  readonly why: 'timeout' | 'aborted'

  constructor(why: 'timeout' | 'aborted', message: string) {
    super(message)
    this.why = why
  }
}

/** Whether the engine answered with this HTTP status. */
export function isStatus(error: unknown, status: number): boolean {
  return statusOf(error) === status
}

/** Whether a container could not be created for want of its image. */
export function isNoImage(error: unknown): boolean {
  return isStatus(error, 404) && /no such image/i.test(messageOf(error))
}

/** Whether the container that was named is not there; a 404 may also be about what it needs. */
export function isNoContainer(error: unknown): boolean {
  return isStatus(error, 404) && /no such container/i.test(messageOf(error))
}

/** Whether a network that a container needs is not there. */
export function isNoNetwork(error: unknown): boolean {
  return /network .* not found|could not find a network/i.test(messageOf(error))
}

/** Whether the engine was not reached or did not answer, so that nothing it said before is to be relied on. */
export function isSilence(error: unknown): boolean {
  return statusOf(error) === undefined && !(error instanceof Failure)
}

/** What an error of a call means. The one place that reads the engine's error texts. */
export function faultOf(error: unknown): Fault {
  if (error instanceof Failure) return { mayHaveHappened: false, failure: error.record }
  if (error instanceof WaitEnded) return unsure('timeout', error.message)
  const status = statusOf(error)
  const message = messageOf(error)
  return status === undefined ? silence(codeOf(error), message) : answered(status, message)
}

/** The answer to a wish that something exist, when the call for it failed. */
export function ensureAnswer(error: unknown): EnsureAnswer {
  const { mayHaveHappened, failure } = faultOf(error)
  return { kind: mayHaveHappened ? 'unknown' : 'refused', failure }
}

/** The answer to a command, when the call for it failed. */
export function commandAnswer(error: unknown): CommandAnswer {
  const { mayHaveHappened, failure } = faultOf(error)
  return { kind: mayHaveHappened ? 'unknown' : 'refused', failure }
}

/** The error as a Failure, for verbs that have no answer for it. */
export function asFailure(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure(faultOf(error).failure, error)
}

interface Meaning {
  readonly says: RegExp
  readonly cause: FailureCause
  readonly retry: RetryClass
}

/** What the engine's texts mean, whatever status they come under; none of these leaves an effect behind. */
const MEANINGS: readonly Meaning[] = [
  { says: /port is already allocated|address already in use/i, cause: 'conflict', retry: 'soon' },
  { says: /no space left on device|disk quota exceeded/i, cause: 'capacity', retry: 'soon' },
  { says: /cannot allocate memory/i, cause: 'capacity', retry: 'soon' },
  { says: /non-overlapping IPv4 address pool|no available IPv4/i, cause: 'capacity', retry: 'soon' },
  { says: /pool overlaps with other one/i, cause: 'conflict', retry: 'soon' },
  { says: /toomanyrequests|too many requests|rate limit/i, cause: 'throttled', retry: 'soon' },
  {
    says: /pull access denied|repository does not exist|manifest unknown|manifest for .* not found/i,
    cause: 'missing',
    retry: 'never',
  },
  { says: /invalid reference format|no matching manifest/i, cause: 'invalid', retry: 'never' },
  { says: /unauthorized|authentication required|no basic auth/i, cause: 'denied', retry: 'never' },
  {
    says: /dial tcp|no such host|TLS handshake|i\/o timeout|connection refused/i,
    cause: 'unreachable',
    retry: 'soon',
  },
  {
    says: /executable file not found|no such file or directory: unknown|exec format error/i,
    cause: 'invalid',
    retry: 'never',
  },
  { says: /is not running|is paused/i, cause: 'missing', retry: 'soon' },
  { says: /client version .* is too (new|old)/i, cause: 'unsupported', retry: 'soon' },
]

function answered(status: number, message: string): Fault {
  const meaning = MEANINGS.find(({ says }) => says.test(message))
  if (meaning !== undefined) return sure(meaning.cause, meaning.retry, message)
  if (status === 400) return sure('invalid', 'never', message)
  if (status === 401 || status === 403) return sure('denied', 'never', message)
  if (status === 404) return sure('missing', 'soon', message)
  if (status === 409) return sure('conflict', 'soon', message)
  if (status === 429 || status === 503) return sure('throttled', 'soon', message)
  if (status === 501) return sure('unsupported', 'never', message)
  return { mayHaveHappened: true, failure: { cause: 'internal', retry: 'soon', message } }
}

/** Faults of a connection that was never made; every other silence may hide an effect. */
const NEVER_SENT: readonly string[] = [
  'ECONNREFUSED',
  'ENOENT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTSOCK',
]

function silence(code: string | undefined, message: string): Fault {
  if (code === 'EACCES' || code === 'EPERM')
    return sure('denied', 'soon', `no right to use the docker socket: ${message}`)
  if (code !== undefined && NEVER_SENT.includes(code))
    return sure('unreachable', 'soon', `no docker engine: ${message}`)
  return unsure('unreachable', `the docker engine's answer was lost: ${message}`)
}

function sure(cause: FailureCause, retry: RetryClass, message: string): Fault {
  return { mayHaveHappened: false, failure: { cause, retry, message } }
}

function unsure(cause: FailureCause, message: string): Fault {
  return { mayHaveHappened: true, failure: { cause, retry: 'soon', message } }
}

function statusOf(error: unknown): number | undefined {
  const status = field(error, 'statusCode')
  return typeof status === 'number' ? status : undefined
}

function codeOf(error: unknown): string | undefined {
  const code = field(error, 'code')
  return typeof code === 'string' ? code : undefined
}

function field(error: unknown, name: 'statusCode' | 'code'): unknown {
  if (typeof error !== 'object' || error === null) return undefined
  return (error as { readonly [key: string]: unknown })[name]
}

/** Without dockerode's preface '(HTTP code 409) unexpected - '. */
function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.replace(/^\(HTTP code \d+\) .*? - /, '').trim()
}
