import type { Reading } from '../../engine/index.js'
import { CLOCK_SKEW, MemberDraft } from '../members.js'
import type { RulesDocument } from './document.js'
import { type Sample, type Samples, withSample } from './readings.js'

/** What was read, by name and then by path. */
export type SamplesByName = { readonly [name: string]: Samples }

/** Samples that readings are put into one after the other. */
export class SampleBook {
  readonly #readings: RulesDocument['readings']
  readonly #samples: SamplesByName
  readonly #drafts = new Map<string, MemberDraft<readonly Sample[]>>()

  constructor(readings: RulesDocument['readings'], samples: SamplesByName) {
    this.#readings = readings
    this.#samples = samples
  }

  /** What is known now. */
  get samples(): SamplesByName {
    if (this.#drafts.size === 0) return this.#samples
    const changed = [...this.#drafts].map(([name, { book }]) => [name, book] as const)
    return { ...this.#samples, ...Object.fromEntries(changed) }
  }

  /** Takes a value in under each name that it is read by. One whose time has not come would stand for ever, so it is not taken. */
  note({ sensor, entity, value, at }: Reading, now: number): void {
    if (at > now + CLOCK_SKEW) return
    for (const name in this.#readings) {
      const spec = this.#readings[name]
      if (spec?.sensor !== sensor) continue
      const draft = this.#draftOf(name)
      draft.put(entity, withSample(draft.get(entity) ?? [], [Math.min(at, now), value], spec))
    }
  }

  /** Forgets all that was read of somebody. */
  forget(entity: string): void {
    for (const name of Object.keys(this.#samples)) this.#draftOf(name).remove(entity)
    for (const draft of this.#drafts.values()) draft.remove(entity)
  }

  #draftOf(name: string): MemberDraft<readonly Sample[]> {
    const known = this.#drafts.get(name)
    if (known !== undefined) return known
    const made = new MemberDraft<readonly Sample[]>(this.#samples[name] ?? {})
    this.#drafts.set(name, made)
    return made
  }
}
