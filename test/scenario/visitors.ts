import { get } from 'node:http'

/** What one visit came to. */
export interface Visit {
  readonly status: number
  /** The member that answered. */
  readonly servedBy: string
  readonly body: string
}

/**
 * Fetches a page over a connection of its own, waiting at most ten seconds: a kept one may be closed by the far end at
 * the very moment of the next request, which is nobody's fault. Rejects when nobody answers.
 */
export function visit(url: string): Promise<Visit> {
  return new Promise((resolve, reject) => {
    const request = get(url, { timeout: 10_000, agent: false }, (answer) => {
      let body = ''
      answer.setEncoding('utf8')
      answer.on('data', (part: string) => (body += part))
      answer.on('error', reject)
      answer.on('end', () => {
        const { statusCode: status = 0, headers } = answer
        resolve({ status, servedBy: String(headers['x-served-by'] ?? ''), body })
      })
    })
    request.on('timeout', () => request.destroy(new Error('no answer within 10 s')))
    request.on('error', reject)
  })
}

/** How many visits may be under way at once; the next are left out, so that a slow shop is not buried. */
const CROWD = 64

/** People who come at a steady pace until told to leave, and who remember what went wrong. */
export class Visitors {
  readonly #url: string
  readonly #timer: NodeJS.Timeout
  readonly #inside = new Set<Promise<void>>()
  readonly #complaints: string[] = []
  #served = 0

  /** Begins at once. */
  constructor(url: string, perSecond: number) {
    this.#url = url
    const began = performance.now()
    let come = 0
    this.#timer = setInterval(() => {
      const due = Math.floor(((performance.now() - began) * perSecond) / 1000)
      for (; come < due; come += 1) this.#enter()
    }, 10)
  }

  get served(): number {
    return this.#served
  }

  /** Nobody comes any more; gives what went wrong, once the last has been served. */
  async leave(): Promise<readonly string[]> {
    clearInterval(this.#timer)
    await Promise.all(this.#inside)
    return this.#complaints
  }

  #enter(): void {
    if (this.#inside.size >= CROWD) return
    const came = this.#come().finally(() => this.#inside.delete(came))
    this.#inside.add(came)
  }

  async #come(): Promise<void> {
    try {
      const { status, body } = await visit(this.#url)
      if (status === 200) this.#served += 1
      else this.#complaints.push(`${status} ${body.trim()}`)
    } catch (thrown) {
      this.#complaints.push(String(thrown))
    }
  }
}
