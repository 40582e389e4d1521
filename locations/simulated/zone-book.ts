import type { Item } from './item.js'
import type { CapacityAnswer } from '../../engine/index.js'
import type { ZoneLimits, Zones, ZoneUse } from './ledger.js'
import { refusal, type Refused } from './simulated-failures.js'

/** What placing asks of a machine. */
interface Placeable {
  readonly zone?: string
  readonly cores?: number
  readonly memory?: number
}

/** What is taken of each zone. */
export class ZoneBook {
  readonly #taken = new Map<string, { machines: number; cores: number; memory: number }>()
  readonly #lost = new Map<string, number>()

  /** No host of a zone can be reached before this time: it takes no machines. */
  lose(zone: string, until: number): void {
    this.#lost.set(zone, until)
  }

  /** The zone for a machine: the one asked for, or the one that holds fewest of those with room; or why there is none. */
  choose(shape: Placeable, zones: Zones, at = 0): string | Refused {
    const names = Object.keys(zones)
    if (names.length === 0) return this.#anywhere(shape.zone ?? '', at)
    if (shape.zone !== undefined && !Object.hasOwn(zones, shape.zone)) {
      return refusal('invalid', `there is no zone ${shape.zone}; there are ${names.join(', ')}`)
    }
    const asked = (shape.zone === undefined ? names : [shape.zone]).filter((name) => !this.#isLost(name, at))
    const roomy = asked.filter((name) => hasRoom(this.useOf(name), zones[name] ?? {}, shape))
    if (roomy.length === 0) return refusal('capacity', `no room for a machine in ${shape.zone ?? 'any zone'}`)
    return roomy.reduce((best, name) => (this.useOf(name).machines < this.useOf(best).machines ? name : best))
  }

  /** Without a list of zones there is room in any. */
  #anywhere(zone: string, at: number): string | Refused {
    return this.#isLost(zone, at) ? refusal('capacity', 'no host can be reached') : zone
  }

  take(item: Item): void {
    this.add(item.zone, useOfOne(item), 1)
  }

  free(item: Item): void {
    this.add(item.zone, useOfOne(item), -1)
  }

  /** Takes so much of a zone, or gives it back. */
  add(zone: string, amount: ZoneUse, sign: 1 | -1): void {
    const use = this.#taken.get(zone) ?? { ...NOTHING }
    use.machines += sign * amount.machines
    use.cores += sign * amount.cores
    use.memory += sign * amount.memory
    this.#taken.set(zone, use)
  }

  #isLost(zone: string, at: number): boolean {
    return (this.#lost.get(zone) ?? -Infinity) > at
  }

  useOf(zone: string): ZoneUse {
    return this.#taken.get(zone) ?? NOTHING
  }

  uses(): { readonly [zone: string]: ZoneUse } {
    return Object.fromEntries([...this.#taken].map(([zone, use]) => [zone, { ...use }]))
  }
}

/** How many of the asked machines fit beside what is taken, in the order asked; they are placed as `choose` places. */
export function countFitting(
  shapes: readonly Placeable[],
  zones: Zones,
  uses: { readonly [zone: string]: ZoneUse },
): CapacityAnswer {
  const book = new ZoneBook()
  for (const [zone, use] of Object.entries(uses)) book.add(zone, use, 1)
  for (const [fits, shape] of shapes.entries()) {
    const zone = book.choose(shape, zones)
    if (typeof zone !== 'string') return { fits, reason: zone.failure.message }
    book.add(zone, { machines: 1, cores: shape.cores ?? 0, memory: shape.memory ?? 0 }, 1)
  }
  return { fits: shapes.length }
}

/** Whether one more machine fits beside what is taken. */
export function hasRoom(
  use: ZoneUse,
  limits: ZoneLimits,
  shape: { readonly cores?: number; readonly memory?: number },
): boolean {
  return (
    use.machines + 1 <= (limits.machines ?? Infinity) &&
    use.cores + (shape.cores ?? 0) <= (limits.cores ?? Infinity) &&
    use.memory + (shape.memory ?? 0) <= (limits.memory ?? Infinity)
  )
}

const NOTHING: ZoneUse = { machines: 0, cores: 0, memory: 0 }

function useOfOne({ form }: Item): ZoneUse {
  return { machines: 1, cores: form?.cores ?? 0, memory: form?.memory ?? 0 }
}
