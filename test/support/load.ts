import { Agent, get } from 'node:http'

/** What came of a load. */
export interface LoadReport {
  readonly served: number
  /** What went wrong, in words, with the milliseconds since the load began. */
  readonly failures: readonly string[]
  /** Of those that were served, by the name that the far end gives itself. */
  readonly servedBy: ReadonlyMap<string, number>
  /** Milliseconds of the slowest in a hundred. */
  readonly p99: number
}

/** How many requests may be under way; the next are left out, so that a slow far end is not buried. */
const CROWD = 64

/** Milliseconds for one answer. */
const PATIENCE = 10_000

/**
 * Requests to one address at a steady pace, one half of them over connections that are kept, the other over one each. Nothing is tried
 * again: whatever is not answered with 200 and a whole body counts.
 */
export class Load {
  readonly #url: string
  readonly #timer: NodeJS.Timeout
  readonly #kept: Agent = new Agent({ keepAlive: true, maxSockets: 16, scheduling: 'fifo' })
  readonly #open = new Set<Promise<void>>()
  readonly #began = performance.now()
  readonly #failures: string[] = []
  readonly #servedBy = new Map<string, number>()
  readonly #took: number[] = []
  #pace: number
  #due = 0
  #looked: number = performance.now()
  #sent = 0

  /** Begins at once. */
  constructor(url: string, perSecond: number) {
    this.#url = url
    this.#pace = perSecond
    this.#timer = setInterval(() => this.#tick(), 10)
  }

  /** So many requests a second from now on. */
  pace(perSecond: number): void {
    this.#pace = perSecond
  }

  get report(): LoadReport {
    const sorted = [...this.#took].sort((a, b) => a - b)
    return {
      served: sorted.length,
      failures: this.#failures,
      servedBy: this.#servedBy,
      p99: Math.round(sorted[Math.floor(sorted.length * 0.99)] ?? 0),
    }
  }

  /** Sends nothing more; says what came of it once the last is answered. */
  async end(): Promise<LoadReport> {
    clearInterval(this.#timer)
    await Promise.all(this.#open)
    this.#kept.destroy()
    return this.report
  }

  #tick(): void {
    const now = performance.now()
    this.#due += ((now - this.#looked) * this.#pace) / 1000
    this.#looked = now
    for (; this.#due >= 1; this.#due -= 1) this.#send()
  }

  #send(): void {
    if (this.#open.size >= CROWD) return
    this.#sent += 1
    const sent = this.#ask(this.#sent % 2 === 0).finally(() => this.#open.delete(sent))
    this.#open.add(sent)
  }

  async #ask(isKept: boolean): Promise<void> {
    const began = performance.now()
    try {
      const by = await answerOf(this.#url, isKept ? this.#kept : false)
      this.#took.push(performance.now() - began)
      this.#servedBy.set(by, (this.#servedBy.get(by) ?? 0) + 1)
    } catch (thrown) {
      const how = isKept ? 'kept' : 'new'
      this.#failures.push(`${Math.round(began - this.#began)} ms, ${how} connection: ${String(thrown)}`)
    }
  }
}

/** Who answered, with 200 and a whole body. */
function answerOf(url: string, agent: Agent | false): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { timeout: PATIENCE, agent }, (answer) => {
      const { statusCode, headers } = answer
      answer.resume()
      answer.on('error', reject)
      answer.on('end', () => {
        if (statusCode === 200 && answer.complete) resolve(String(headers['x-served-by'] ?? ''))
        else reject(new Error(`answered ${statusCode}`))
      })
    })
    request.on('timeout', () => request.destroy(new Error(`no answer within ${PATIENCE} ms`)))
    request.on('error', reject)
  })
}
