import { Observable } from 'rxjs'
import { silentLog, type Clock, type Hint, type Log, type Random } from '../../engine/index.js'
import { RUN_ENDED } from '../supervisor/index.js'
import type { DockerClient } from './docker-client.js'
import { faultOf } from './docker-failures.js'
import { LABEL } from './docker-labels.js'
import { linesOf, whileHeard } from './docker-streams.js'

/** What following events takes. */
export interface EventParts {
  readonly client: DockerClient
  readonly clock: Clock
  /** Spreads the attempts of many engines to come back. */
  readonly random: Random
  /** Milliseconds after which a stream that says nothing is opened anew. */
  readonly silence: number
  readonly log?: Log
}

/**
 * Hints from an engine's events, until unsubscribed; never an error, never completed. The engine remembers few events
 * and drops them for slow readers, so each connection begins with "look at all", even where `since` closes the gap. A
 * stream that says nothing may have nobody at its other end: it is opened anew from time to time.
 */
export function watchEvents(parts: EventParts): Observable<Hint> {
  return new Observable((subscriber) => {
    const ended = new AbortController()
    void follow(parts, ended.signal, (hint) => {
      if (hint !== undefined) subscriber.next(hint)
    })
    return () => ended.abort()
  })
}

/**
 * What one line of the event stream says: whom it is about, and from where to go on. The end of an exec is no news, or
 * each look would cause the next, unless it waited for the end of a run.
 */
export function readEvent(line: string): { readonly hint?: Hint; readonly since?: string } {
  const event = JSON.parse(line) as DockerEvent
  const attributes = event.Actor?.Attributes ?? {}
  const token = attributes[LABEL.token]
  const isNews = event.Action !== 'exec_die' || attributes['exitCode'] === String(RUN_ENDED)
  return {
    ...(isNews ? { hint: token === undefined ? {} : { token } } : {}),
    ...(event.timeNano === undefined ? {} : { since: stampOf(event.timeNano) }),
  }
}

/** Milliseconds before the next attempt to connect: doubled each time up to 10 s, and spread over its upper half. */
export function reconnectDelay(attempt: number, random: Random): number {
  const whole = Math.min(10_000, 100 * 2 ** Math.min(attempt, 10))
  return whole / 2 + random.next() * (whole / 2)
}

interface DockerEvent {
  readonly Action?: string
  readonly timeNano?: number
  readonly Actor?: { readonly Attributes?: { readonly [name: string]: string } }
}

async function follow(
  parts: EventParts,
  signal: AbortSignal,
  next: (hint: Hint | undefined) => void,
): Promise<void> {
  const { clock, random, log = silentLog } = parts
  let since: string | undefined
  let attempt = 0
  while (!signal.aborted) {
    try {
      for await (const event of eventsOf(parts, since, signal)) {
        attempt = 0
        since = event.since ?? since
        next(event.hint)
      }
    } catch (error) {
      log.debug('the docker event stream broke', { reason: faultOf(error).failure.message })
    }
    await pause(reconnectDelay(attempt, random), clock, signal)
    attempt += 1
  }
}

/** One connection's events, the first of which is that there is a connection; it is closed at the end of all. */
async function* eventsOf(
  { client, clock, silence }: EventParts,
  since: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<ReturnType<typeof readEvent>> {
  const closed = new AbortController()
  const open = AbortSignal.any([signal, closed.signal])
  try {
    const stream = await client.events(since, { signal: open })
    yield { hint: {} }
    for await (const line of linesOf(whileHeard(stream, { clock, silence, signal }))) yield readEvent(line)
  } finally {
    closed.abort()
  }
}

/** Whole microseconds: the number is beyond what JSON keeps exactly, and an event seen twice does no harm. */
function stampOf(nanoseconds: number): string {
  const micros = Math.floor(nanoseconds / 1000)
  return `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, '0')}000`
}

function pause(delay: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const cancel = clock.schedule(delay, end)
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
  })
}
