import { BATCH_LIMITS, type JsonObject, type Store, required } from '../../../engine/index.js'
import type { PlanRecord, PlanWritten, Plans } from './plan-record.js'

/** How much of plans is kept. */
export interface PlanLimits {
  /** Plans of one tenant. @default 1000 */
  readonly plans?: number
  /** Characters of JSON of all plans of one tenant. @default 67108864 */
  readonly total?: number
}

/** The prefix of these records in the store: a book of their own, written here only. */
const PREFIX = 'camp-plan/'

/** Bytes of a record: a batch holds its key and more beside it. */
const LARGEST = BATCH_LIMITS.bytes - 4096

interface Kept {
  readonly plan: PlanRecord
  readonly revision: number
  readonly size: number
}

/** Plans in the engine's store. */
export class StoredPlans implements Plans {
  readonly #store: Store
  readonly #limits: Required<PlanLimits>
  /** By store key. */
  readonly #kept = new Map<string, Kept>()
  #loading: Promise<void> | undefined

  constructor(store: Store, limits: PlanLimits = {}) {
    this.#store = store
    this.#limits = { plans: 1000, total: 67_108_864, ...limits }
  }

  async list(tenant: string): Promise<readonly PlanRecord[]> {
    await this.#load()
    const order = (plan: PlanRecord): string => `${plan.name} ${plan.id}`
    return this.#of(tenant)
      .map(({ plan }) => plan)
      .sort((a, b) => (order(a) < order(b) ? -1 : 1))
  }

  async find(tenant: string, id: string): Promise<PlanRecord | undefined> {
    await this.#load()
    return this.#kept.get(keyOf(tenant, id))?.plan
  }

  async put(plan: PlanRecord): Promise<PlanWritten> {
    await this.#load()
    const key = keyOf(plan.tenant, plan.id)
    const before = this.#kept.get(key)
    if (plan.generation !== (before?.plan.generation ?? 0) + 1) return 'moved'
    const value = toJson(plan)
    const size = Buffer.byteLength(JSON.stringify(value))
    if (size > LARGEST) return 'too-large'
    if (before === undefined && this.#isFull(plan.tenant, size)) return 'full'
    const expect = before?.revision ?? 0
    const answer = await this.#store.commit({ changes: [{ kind: 'put', key, value, expect }] })
    if (answer.kind !== 'committed') return 'moved'
    this.#kept.set(key, { plan, revision: answer.revision, size })
    return 'written'
  }

  async remove(plan: PlanRecord): Promise<'written' | 'moved'> {
    const key = keyOf(plan.tenant, plan.id)
    const kept = this.#kept.get(key)
    if (kept?.plan.generation !== plan.generation) return 'moved'
    const answer = await this.#store.commit({ changes: [{ kind: 'delete', key, expect: kept.revision }] })
    if (answer.kind !== 'committed') return 'moved'
    this.#kept.delete(key)
    return 'written'
  }

  #load(): Promise<void> {
    this.#loading ??= this.#read()
    return this.#loading
  }

  async #read(): Promise<void> {
    const { entries } = await this.#store.load(PREFIX)
    for (const { key, value, revision } of entries) {
      this.#kept.set(key, { plan: fromJson(value), revision, size: JSON.stringify(value).length })
    }
  }

  #of(tenant: string): Kept[] {
    return [...this.#kept.values()].filter(({ plan }) => plan.tenant === tenant)
  }

  #isFull(tenant: string, size: number): boolean {
    const own = this.#of(tenant)
    const total = own.reduce((sum, kept) => sum + kept.size, size)
    return own.length >= this.#limits.plans || total > this.#limits.total
  }
}

function keyOf(tenant: string, id: string): string {
  return `${PREFIX}${tenant}/${id}`
}

function toJson(plan: PlanRecord): JsonObject {
  return { kind: 'camp-plan', ...plan }
}

function fromJson(value: JsonObject): PlanRecord {
  // Written by toJson above, and by nobody else.
  const { kind, ...plan } = value as unknown as PlanRecord & { readonly kind: string }
  required(kind === 'camp-plan' ? kind : undefined, 'a record of a plan')
  return plan
}
