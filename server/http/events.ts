import type { ServerResponse } from 'node:http'
import { type Observable, Subject, Subscription, takeUntil } from 'rxjs'
import type { Cancel, Clock } from '../../engine/index.js'
import type { StreamItem } from '../handlers/index.js'

/** How streams are kept. */
export interface StreamLimits {
  readonly streams: number
  readonly pending: number
  readonly heartbeat: number
}

/**
 * The open event streams. A stream ends when its client goes away, its source completes, its client reads too slowly (it
 * is told so, and resumes), or the server closes.
 */
export class EventStreams {
  readonly #clock: Clock
  readonly #limits: StreamLimits
  readonly #open = new Set<EventStream>()
  #heartbeat: Cancel | undefined

  constructor(clock: Clock, limits: StreamLimits) {
    this.#clock = clock
    this.#limits = limits
  }

  /** Streams open now. */
  get size(): number {
    return this.#open.size
  }

  /** Whether one more may be opened. */
  get hasRoom(): boolean {
    return this.#open.size < this.#limits.streams
  }

  /** Writes what happens to a client until one of them ends. */
  attach(response: ServerResponse, events$: Observable<StreamItem>): void {
    const stream = new EventStream(response, this.#limits.pending)
    this.#open.add(stream)
    response.on('close', () => {
      stream.stop()
      this.#open.delete(stream)
    })
    stream.start(events$)
    this.#heartbeat ??= this.#clock.schedule(this.#limits.heartbeat, () => this.#beat())
  }

  /** Ends all of them. */
  close(): void {
    this.#heartbeat?.()
    this.#heartbeat = undefined
    for (const stream of this.#open) stream.finish('end', { reason: 'the server stops' })
  }

  #beat(): void {
    for (const stream of this.#open) stream.beat()
    this.#heartbeat =
      this.#open.size === 0 ? undefined : this.#clock.schedule(this.#limits.heartbeat, () => this.#beat())
  }
}

/** Heartbeats that a client may miss while nothing more can be written to it. */
const PATIENCE = 2

class EventStream {
  readonly #response: ServerResponse
  readonly #limit: number
  readonly #stopped = new Subject<void>()
  #subscription: Subscription = Subscription.EMPTY
  /** What the connection could not take yet; bounded. */
  readonly #pending: string[] = []
  #bytes = 0
  #blocked = false
  #ending = false
  #missed = 0

  constructor(response: ServerResponse, limit: number) {
    this.#response = response
    this.#limit = limit
  }

  start(events$: Observable<StreamItem>): void {
    const response = this.#response
    response.statusCode = 200
    response.setHeader('content-type', 'text/event-stream; charset=utf-8')
    response.setHeader('cache-control', 'no-store')
    response.setHeader('x-accel-buffering', 'no')
    // A stream owns its connection: when it ends, its client sees that at once.
    response.setHeader('connection', 'close')
    response.on('drain', () => {
      this.#drain()
    })
    response.on('error', () => {
      this.stop()
    })
    this.#write('retry: 2000\n\n')
    this.#subscription = events$.pipe(takeUntil(this.#stopped)).subscribe({
      next: (item) => {
        this.#take(item)
      },
      error: () => {
        this.finish('end', { reason: 'the server cannot tell more' })
      },
      complete: () => {
        this.finish('end', { reason: 'the server tells no more' })
      },
    })
  }

  /** A comment that keeps the connection; a client that takes nothing for too long is let go. */
  beat(): void {
    if (!this.#blocked) {
      this.#write(': heartbeat\n\n')
      return
    }
    this.#missed += 1
    if (this.#missed >= PATIENCE) this.#response.destroy()
  }

  /** Says why, after all that is pending, and ends. */
  finish(event: 'end' | 'overflow', data: { readonly reason: string }): void {
    if (this.#ending) return
    this.#ending = true
    this.stop()
    this.#pending.push(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    this.#drain()
  }

  stop(): void {
    this.#stopped.next()
    this.#subscription.unsubscribe()
  }

  #take(item: StreamItem): void {
    if (this.#ending) return
    const text = textOf(item)
    if (!this.#blocked) {
      this.#write(text)
      return
    }
    this.#pending.push(text)
    this.#bytes += text.length
    if (this.#bytes > this.#limit) this.finish('overflow', { reason: 'resume after the last id' })
  }

  #write(text: string): void {
    if (this.#response.writableEnded || this.#response.destroyed) return
    this.#blocked = !this.#response.write(text)
  }

  #drain(): void {
    this.#missed = 0
    this.#blocked = this.#response.writableNeedDrain
    while (!this.#blocked && this.#pending.length > 0) {
      const text = this.#pending.splice(0, 64).join('')
      this.#bytes = Math.max(0, this.#bytes - text.length)
      this.#write(text)
    }
    if (this.#ending && this.#pending.length === 0) this.#response.end()
  }
}

function textOf(item: StreamItem): string {
  if (item.kind === 'compacted') {
    return `event: compacted\ndata: ${JSON.stringify({ oldest: item.oldest })}\n\n`
  }
  return `id: ${item.id}\nevent: ${item.event.type}\ndata: ${JSON.stringify(item.event)}\n\n`
}
