import type { MemoryCell } from '../ports/policy.js'
import { isJsonObject, type Json, type JsonObject } from '../support/json.js'

/** What a policy has in its hands between turns. */
export interface Held {
  readonly memory: JsonObject
  readonly wakeAt?: number
}

/** A policy's memory as it is stored. */
export interface PolicyMemoryRecord {
  readonly kind: 'policy'
  readonly entity: string
  readonly policy: string
  readonly type: string
  readonly version: string
  readonly memory: JsonObject
  /** When it asked to be called; absent for not before a reading. */
  readonly wakeAt?: number
  readonly at: number
}

/** A cell whose writes count only when the run ends well. */
export class DraftCell implements MemoryCell {
  #held: Held
  #written = false

  constructor(held: Held) {
    this.#held = held
  }

  get held(): Held {
    return this.#held
  }

  /** Whether anything was written. */
  get isWritten(): boolean {
    return this.#written
  }

  read(): JsonObject {
    return this.#held.memory
  }

  write(memory: JsonObject, wakeAt: number | undefined): void {
    const isTime = wakeAt !== undefined && Number.isFinite(wakeAt)
    this.#held = isTime ? { memory, wakeAt } : { memory }
    this.#written = true
  }
}

/** Whether a value survives a round trip through JSON; what does not cannot be a memory. */
export function isStorable(value: unknown): value is Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (Array.isArray(value)) return value.every(isStorable)
  if (typeof value !== 'object') return false
  const plain = Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null
  return plain && Object.values(value).every(isStorable)
}

/** Whether a stored memory has the layout that a policy's first memory has. */
export function fitsLayout(memory: unknown, initial: JsonObject): memory is JsonObject {
  if (!isStorable(memory) || !isJsonObject(memory)) return false
  return (
    memory['layout'] === initial['layout'] && Object.keys(initial).every((key) => Object.hasOwn(memory, key))
  )
}
