import { formatted } from '../expression/format.js'
import { livingWithin } from '../reconcile/facts/living.js'
import type { KeptValues } from '../reconcile/facts/kept-values.js'
import { watchKey } from '../reconcile/facts/naming.js'
import { sensorValue } from '../reconcile/facts/sensors.js'
import { worldFor } from '../reconcile/facts/tracked-world.js'
import { SEQUENCE, type SequenceSpec } from '../spec/group-spec.js'
import { failureOf } from '../support/failure.js'
import { isJsonObject, type Json } from '../support/json.js'
import type { KeptApplication, KeptPorts } from './kept-application.js'
import type { PolicyDesk } from './policies/policy-desk.js'
import type { KeptDesk, KeptWish, Told } from './kept-desk.js'

/** The sensor of a group under which its membership is watched. */
export const MEMBERS = 'members'

/**
 * Looks at groups whenever something changes in their scope: tells of members that came and went, and gives those of a
 * sequence their numbers. Membership itself is derived, and known without it.
 */
export class GroupDesk {
  readonly #application: KeptApplication
  readonly #ports: KeptPorts
  readonly #kept: KeptDesk
  readonly #told: Told
  readonly #policies: Pick<PolicyDesk, 'gathered'>
  /** Members as they were told last. */
  readonly #known = new Map<string, string>()

  constructor(
    application: KeptApplication,
    ports: KeptPorts,
    to: {
      readonly kept: KeptDesk
      readonly told: Told
      readonly policies: Pick<PolicyDesk, 'gathered'>
    },
  ) {
    this.#application = application
    this.#ports = ports
    this.#kept = to.kept
    this.#told = to.told
    this.#policies = to.policies
  }

  /** Looks at every group there is. */
  attach(): void {
    for (const { path, node } of livingWithin(this.#application.landscape))
      if (node.spec.group !== undefined) this.look(path)
  }

  /** Whether a path is a group's. */
  isGroup(path: string): boolean {
    return this.#application.landscape.tree.at(path)?.spec.group !== undefined
  }

  look(path: string): void {
    const { landscape, sources } = this.#application
    const group = landscape.tree.at(path)?.spec.group
    if (group === undefined) return
    this.#watch(path)
    const members = landscape.groups.membersOf(path)
    const said = members.join('\n')
    if (said === this.#known.get(path)) return
    this.#known.set(path, said)
    this.#policies.gathered(path, members)
    const now = this.#ports.clock.now()
    this.#told(path, MEMBERS, sensorValue(sources, path, MEMBERS) ?? [], now)
    this.#told(path, 'members.count', members.length, now)
    if (group.sequence !== undefined) this.#number(path, group.sequence)
  }

  /** Whatever is asked about a group under a watch key asks about everything in its scope. */
  #watch(path: string): void {
    const world = worldFor(watchKey(path, MEMBERS), this.#ports.clock.now(), this.#application.sources)
    const sensor = {
      kind: 'sensor',
      of: { scope: 'self' },
      sensor: 'members.count',
      whenReady: false,
    } as const
    world.evaluate(sensor, path, world.desired.version)
  }

  #number(path: string, sequence: SequenceSpec): void {
    const numbered = this.#kept.change((kept) => {
      const members = this.#application.landscape.groups.membersOf(path)
      return numbersFor({ group: path, members, sequence }, kept)
    })
    numbered.catch((thrown: unknown) => {
      this.#ports.log.warn('members could not be numbered', {
        entity: path,
        reason: failureOf(thrown).message,
      })
    })
  }
}

/** A sequence and who is in it. */
export interface Numbered {
  readonly group: string
  readonly members: readonly string[]
  readonly sequence: SequenceSpec
}

/** What is to be kept so that each member has a number: those that have one keep it, others go on from the last. */
export function numbersFor(
  { group, members, sequence }: Numbered,
  kept: Pick<KeptValues, 'value'>,
): readonly KeptWish[] {
  const known = kept.value(group, SEQUENCE.cache)
  const cache: { [path: string]: Json } = isJsonObject(known) ? { ...known } : {}
  const last = kept.value(group, SEQUENCE.next)
  let next = typeof last === 'number' ? last : sequence.start
  const wishes: KeptWish[] = []
  for (const member of members) {
    if (Object.hasOwn(cache, member)) continue
    cache[member] = next
    wishes.push({ path: member, sensor: SEQUENCE.value, value: next })
    wishes.push({ path: member, sensor: SEQUENCE.text, value: textOf(sequence.format, next) })
    next += sequence.increment
  }
  if (wishes.length === 0) return []
  return [
    ...wishes,
    { path: group, sensor: SEQUENCE.cache, value: cache },
    { path: group, sensor: SEQUENCE.next, value: next },
  ]
}

/** The same, as if nobody had a number yet. */
export function numbersAnew(numbered: Numbered): readonly KeptWish[] {
  const { group, sequence } = numbered
  const given = numbersFor(numbered, { value: () => undefined })
  if (given.length > 0) return given
  return [
    { path: group, sensor: SEQUENCE.cache, value: {} },
    { path: group, sensor: SEQUENCE.next, value: sequence.start },
  ]
}

function textOf(format: string, number: number): string {
  const made = formatted(format, [number])
  return 'value' in made && typeof made.value === 'string' ? made.value : String(number)
}
