import type { Clock, JsonObject } from '../../engine/index.js'
import type { Reply } from './message.js'
import { refuse } from './refusals.js'

/** What is kept of a request that carried a key. */
export interface IdempotencyRecord {
  readonly tenant: string
  readonly key: string
  /** Content address of the request. */
  readonly digest: string
  readonly claimedAt: number
  /** Its answer; absent while it is at work, or when the server died in the middle of it. */
  readonly reply?: {
    readonly status: number
    readonly headers: { readonly [name: string]: string }
    readonly contentType: Reply['contentType']
    readonly body: JsonObject | string | null
  }
}

/** Where keys are kept: bounded, for each tenant on its own. */
export interface IdempotencyRecords {
  find(tenant: string, key: string): Promise<IdempotencyRecord | undefined>
  /** Writes the claim durably; false when the key is taken. */
  claim(record: IdempotencyRecord): Promise<boolean>
  /** Writes the answer durably. */
  finish(record: IdempotencyRecord): Promise<void>
  /** Forgets a claim that came to nothing. */
  release(tenant: string, key: string): Promise<void>
}

/** A request that carries a key. */
export interface Claim {
  readonly tenant: string
  readonly key: string
  readonly digest: string
  /** Whether doing it twice is not harmless. */
  readonly once: boolean
}

/** Makes requests with a key happen once: north what tokens are south. */
export class Idempotency {
  readonly #records: IdempotencyRecords
  readonly #clock: Clock
  readonly #underWay = new Map<string, { readonly digest: string; readonly reply: Promise<Reply> }>()

  constructor(records: IdempotencyRecords, clock: Clock) {
    this.#records = records
    this.#clock = clock
  }

  /**
   * Gives the kept answer of the same request, waits for the one that is at work, or does the work and keeps its answer.
   * Answers of 500 and above are not kept: the request may be made again under its key.
   */
  perform(claim: Claim, work: () => Promise<Reply>): Promise<Reply> {
    const name = JSON.stringify([claim.tenant, claim.key])
    const other = this.#underWay.get(name)
    if (other !== undefined) {
      return other.digest === claim.digest ? other.reply.then(replayed) : Promise.resolve(reused(claim))
    }
    const done = this.#settle(claim, work).finally(() => this.#underWay.delete(name))
    this.#underWay.set(name, { digest: claim.digest, reply: done })
    return done
  }

  async #settle(claim: Claim, work: () => Promise<Reply>): Promise<Reply> {
    const { tenant, key, digest, once } = claim
    const known = await this.#records.find(tenant, key)
    if (known !== undefined && known.digest !== digest) return reused(claim)
    if (known?.reply !== undefined) return replayed({ kind: 'reply', ...known.reply })
    if (known !== undefined && once) {
      return refuse('outcome-unknown', `The server stopped while it worked on the request with key ${key}.`)
    }
    const record = known ?? { tenant, key, digest, claimedAt: this.#clock.now() }
    if (known === undefined && !(await this.#records.claim(record))) {
      return refuse('unavailable', `Another server works on the request with key ${key}.`)
    }
    return this.#work(record, work)
  }

  async #work(record: IdempotencyRecord, work: () => Promise<Reply>): Promise<Reply> {
    const answer = await work()
    if (answer.status >= 500) {
      await this.#records.release(record.tenant, record.key)
      return answer
    }
    const { status, headers, contentType } = answer
    const body = answer.body as JsonObject | string | null
    await this.#records.finish({ ...record, reply: { status, headers, contentType, body } })
    return answer
  }
}

function replayed(answer: Reply): Reply {
  return { ...answer, headers: { ...answer.headers, 'idempotency-replayed': 'true' } }
}

function reused(claim: Claim): Reply {
  return refuse('idempotency-key-reused', `Key ${claim.key} was used for a request that was not this one.`)
}
