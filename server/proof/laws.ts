import {
  type ApplicationSpec,
  type Change,
  type ProofTrial,
  type SpecNode,
  type SpecTree,
  indexSpec,
} from '../../engine/index.js'
import { type BookWatch, type FarObject, incarnationsOf } from '../rehearsal/index.js'

/** A law that was broken, and how. */
export type Breach = NonNullable<ProofTrial['broken']>

/**
 * Watches that the laws hold with every durable batch: incarnations within max and surge, and of the members that serve never so
 * many taken away by our own act that fewer than min less unavailable stay.
 */
export class Laws {
  readonly #tree: SpecTree
  readonly #books: BookWatch
  readonly #isHurt: (path: string) => boolean
  #serving: ReadonlySet<string> = new Set()

  constructor(application: ApplicationSpec, books: BookWatch, isHurt: (path: string) => boolean) {
    this.#tree = indexSpec(application)
    this.#books = books
    this.#isHurt = isHurt
  }

  /** What a batch breaks that the books have just taken in. */
  judge(changes: readonly Change[]): Breach | undefined {
    const touched = changes.flatMap(({ key }) => /^(?:slot|seen)\/[^/]+\/(.+)$/.exec(key)?.[1] ?? [])
    if (touched.length === 0) return undefined
    const roles = new Set(touched.flatMap((path) => roleOf(path) ?? []))
    const before = this.#serving
    this.#serving = new Set([...this.#books.slots.keys()].filter((path) => this.#books.serves(path)))
    for (const role of roles) {
      const breach = this.#bounds(role) ?? this.#budget(role, before)
      if (breach !== undefined) return breach
    }
    return undefined
  }

  #bounds(role: string): Breach | undefined {
    const members = this.#membersOf(role)
    if (members === undefined) return undefined
    const count = this.#slotsOf(role)
      .flatMap(incarnationsOf)
      .filter(({ fenced }) => fenced !== true).length
    const most = members.max + members.replacement.surge
    if (count <= most) return undefined
    return {
      law: 'bounds',
      message: `${role} has ${count} incarnations, and may have ${most} with its surge`,
    }
  }

  #budget(role: string, before: ReadonlySet<string>): Breach | undefined {
    const members = this.#membersOf(role)
    const { desired } = this.#books
    if (members === undefined || desired?.wish !== 'running') return undefined
    const ended = this.#endedByUs(role, before)
    const allowed = this.#allowed(ended, members.replacement.unavailable)
    if (ended.length === 0) return undefined
    const least = Math.min(members.min, desired.counts[role] ?? members.initial) - allowed
    const ready = [...this.#serving].filter((path) => roleOf(path) === role).length
    if (ready >= least) return undefined
    const message = `${ended.join(', ')} was taken away, which leaves ${ready} of ${role} up, and at least ${least} are to be`
    return { law: 'budget', message }
  }

  /** Members that served, were well, and do no more because it was so decided. */
  #endedByUs(role: string, before: ReadonlySet<string>): readonly string[] {
    return [...before].filter(
      (path) =>
        roleOf(path) === role && !this.#serving.has(path) && !this.#isHurt(path) && this.#isEnded(path),
    )
  }

  /** A service whose values have changed is launched anew where it is: one after another, as there is no surge for that. */
  #allowed(ended: readonly string[], unavailable: number): number {
    return ended.every((path) => this.#stays(path)) ? Math.max(1, unavailable) : unavailable
  }

  #stays(path: string): boolean {
    return this.#books.slots.get(path)?.current?.stage === 'ready'
  }

  #isEnded(path: string): boolean {
    const slot = this.#books.slots.get(path)
    if (slot === undefined) return true
    return incarnationsOf(slot).every(({ stage, run }) => stage !== 'ready' || run?.stage === 'ending')
  }

  #membersOf(role: string): SpecNode['spec']['members'] {
    return this.#tree.at(role)?.spec.members
  }

  #slotsOf(role: string): readonly Parameters<typeof incarnationsOf>[0][] {
    return [...this.#books.slots].filter(([path]) => roleOf(path) === role).map(([, slot]) => slot)
  }
}

/** What is wrong with what is at the places, once all is settled: made twice, or in no book. */
export function farBreach(objects: readonly FarObject[], books: BookWatch): Breach | undefined {
  const there = objects.filter(({ marks, state }) => marks !== undefined && state !== 'absent')
  const seen = new Set<string>()
  for (const { marks, kind, name } of there) {
    const id = `${kind} ${marks?.entity ?? ''} ${marks?.incarnation ?? 0}`
    if (kind === 'machine' && seen.has(id))
      return { law: 'duplicate', message: `${name} was made twice for one incarnation` }
    seen.add(id)
  }
  const known = books.tokens()
  const orphan = there.find(({ token }) => !known.has(token))
  return orphan && { law: 'orphan', message: `${orphan.name} is there, and in no book` }
}

/** The role that a path is a member of. */
function roleOf(path: string): string | undefined {
  return /^(.+)\/[0-9]+$/.exec(path)?.[1]
}
