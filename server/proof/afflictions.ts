import type { ProofFault, ProofFaultKind, SlotRecord } from '../../engine/index.js'
import {
  type Fate,
  type PlaceHand,
  type Rehearsal,
  incarnationsOf,
  machineToken,
} from '../rehearsal/index.js'
import { LASTING } from './fault.js'
import type { LoadLevels } from './load-levels.js'

/** What a fault did: to the effect before which it came, and whether it befell anybody. */
export interface Blow {
  readonly fate: Fate
  readonly befell: boolean
}

/** Milliseconds that a slow answer takes. */
const SLOWER = 30_000

const GOES: Blow = { fate: 'goes', befell: true }
const NOBODY: Blow = { fate: 'goes', befell: false }

/** What is the matter in a rehearsal: faults that have been inflicted, for as long as they last. */
export class Afflictions {
  readonly #world: Rehearsal
  /** When each thing that lasts is over. */
  readonly #until = new Map<string, number>()
  readonly #loads: Map<string, number>
  /** Members that were befallen, with their incarnation. */
  readonly #hurt = new Set<string>()

  readonly #blows: {
    readonly [kind in Exclude<ProofFaultKind, 'engine-dies'>]: (fault: ProofFault) => Blow | Promise<Blow>
  } = {
    'machine-dies': (fault) => this.#befall(fault, (place, token) => place.vanish(token)),
    'service-dies': (fault) => this.#befall(fault, (place, token) => place.crash(token)),
    'host-lost': (fault) =>
      this.#befall(fault, async (place, token) => {
        await place.loseHost(token, LASTING)
        this.#last(`host ${token}`)
      }),
    'health-fails': (fault) =>
      this.#befall(fault, (_place, _token, path) => {
        this.#last(`health ${path}`)
      }),
    'answer-lost': () => this.#arm({ verbs: ['ensure'], effect: 'lost-after', times: 1 }),
    'slow-start': () => this.#arm({ verbs: ['ensure'], effect: 'slow', delay: SLOWER, times: 1 }),
    'no-room': () => this.#last('room'),
    'metric-stops': (fault) => this.#last(`stopped ${loadOf(fault)}`),
    'load-spikes': (fault) => this.#loadFor(fault),
    'load-drops': (fault) => this.#loadFor(fault),
    'load-shifts': (fault) => {
      this.#loads.set(loadOf(fault), fault.load ?? 0)
      return GOES
    },
  }

  constructor(world: Rehearsal, levels: readonly LoadLevels[]) {
    this.#world = world
    this.#loads = new Map(levels.map(({ role, metric, calm }) => [loadKey(role, metric), calm]))
  }

  /** When the last of them is over. */
  get overAt(): number {
    return Math.max(0, ...this.#until.values())
  }

  /** Lets a fault happen; `inEffect` where an effect is about to be caused. */
  async inflict(fault: ProofFault, inEffect: boolean): Promise<Blow> {
    if (fault.kind === 'engine-dies') return inEffect ? dying(fault) : this.#kill()
    return this.#blows[fault.kind](fault)
  }

  /** Bends what is about to be done. */
  bend(verb: string): void {
    if (verb === 'ensure' && this.#lasts('room'))
      this.#arm({ verbs: ['ensure'], effect: 'refuse', cause: 'capacity', times: 1 })
  }

  /** What a member measures: its part of the load of its role. */
  measure(path: string, metric: string): number | undefined {
    const key = loadKey(patternOf(roleOf(path)), metric)
    if (this.#lasts(`stopped ${key}`)) return undefined
    const load = this.#loads.get(key)
    const members = [...this.#world.books.up].filter((one) => roleOf(one) === roleOf(path)).length
    return load === undefined ? 1 : load / Math.max(1, members)
  }

  isWell(path: string): boolean {
    return !this.#lasts(`health ${path}`)
  }

  /** Whether a fault has befallen the incarnation that is at a path. */
  isHurt(path: string): boolean {
    const slot = this.#world.books.slots.get(path)
    return (
      slot === undefined || incarnationsOf(slot).some(({ number }) => this.#hurt.has(`${path} ${number}`))
    )
  }

  async #befall(fault: ProofFault, harm: Harm): Promise<Blow> {
    const slot = this.#victim(fault)
    const place = this.#world.places.get(slot?.current?.location ?? '')
    if (slot?.current === undefined || place === undefined) return NOBODY
    this.#hurt.add(`${slot.path} ${slot.current.number}`)
    await harm(place, machineToken(slot.current), slot.path)
    return GOES
  }

  #victim({ of, which }: ProofFault): SlotRecord | undefined {
    const fitting = [...this.#world.books.slots.values()].filter(
      ({ path, current }) => patternOf(path) === of && current !== undefined,
    )
    const inOrder = fitting.sort((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }))
    return which === 'last' ? inOrder.at(-1) : inOrder[0]
  }

  #kill(): Blow {
    this.#world.kill()
    return GOES
  }

  #arm(bend: Parameters<PlaceHand['arm']>[0]): Blow {
    for (const place of this.#world.places.values()) place.arm(bend)
    return GOES
  }

  #last(what: string): Blow {
    this.#until.set(what, this.#world.clock.now() + LASTING)
    return GOES
  }

  /** A load for a while, and then what it was before. */
  #loadFor(fault: ProofFault): Blow {
    const [key, load = 0] = [loadOf(fault), fault.load]
    const before = this.#loads.get(key) ?? 0
    this.#loads.set(key, load)
    this.#world.clock.schedule(LASTING, () => {
      if (this.#loads.get(key) === load) this.#loads.set(key, before)
    })
    return this.#last(`load ${key}`)
  }

  #lasts(what: string): boolean {
    return this.#world.clock.now() < (this.#until.get(what) ?? 0)
  }
}

function dying({ when }: ProofFault): Blow {
  return { fate: when === 'after' ? 'dies-after' : 'dies-before', befell: true }
}

/** What harms whom: the hand behind its place, its machine, its path. */
type Harm = (place: PlaceHand, token: string, path: string) => void | Promise<void>

function loadOf({ of = '', metric = '' }: ProofFault): string {
  return loadKey(of, metric)
}

function loadKey(role: string, metric: string): string {
  return `${role} ${metric}`
}

/** A path without the numbers of members. */
function patternOf(path: string): string {
  return path.replaceAll(/(?<=\/)[0-9]+(?=\/|$)/g, '*')
}

function roleOf(path: string): string {
  return path.replace(/\/[0-9]+$/, '')
}
