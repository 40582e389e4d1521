import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type ArbiterState, type Floor, type Intent, type Request, arbitrate } from '../../../engine/index.js'
import { roleStandingOf, memberStateOf, type SlotStanding } from '../../../engine/policy/arbiter-view.js'
import type { Incarnation, SlotRecord } from '../../../engine/index.js'
import { byPerson, byPolicy } from '../../support/arbiter-bench.js'
import { desired } from '../../support/desired-record.js'

/** A slot of a world that the arbiter's grants are carried out in. */
interface Slot {
  current: number
  run: number
  up: boolean
  leaving: number[]
}

interface Bounds {
  readonly min: number
  readonly max: number
  readonly newFirst: boolean
  readonly surge: number
  readonly unavailable: number
}

const bounds: fc.Arbitrary<Bounds> = fc.record({
  min: fc.integer({ min: 0, max: 3 }),
  max: fc.integer({ min: 3, max: 6 }),
  newFirst: fc.boolean(),
  surge: fc.integer({ min: 0, max: 2 }),
  unavailable: fc.integer({ min: 0, max: 1 }),
})

const happening = fc.oneof(
  fc.record({ kind: fc.constant('scale' as const), count: fc.integer({ min: -1, max: 9 }) }),
  fc.record({ kind: fc.constantFrom('restart' as const, 'replace' as const), slot: fc.nat(6) }),
  fc.record({ kind: fc.constantFrom('fails' as const, 'works' as const), slot: fc.nat(6) }),
)

type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never

it('never exceeds bounds, surge or the disruption budget, whatever is asked in whatever order', () => {
  fc.assert(
    fc.property(
      bounds,
      fc.array(fc.array(happening, { maxLength: 6 }), { maxLength: 25 }),
      (limits, turns) => {
        const world = new World(limits)
        for (const [turn, happenings] of turns.entries()) world.pass(happenings, turn * 120_000)
      },
    ),
    { numRuns: 300 },
  )
})

it('keeps people within the bounds too', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5, max: 20 }), { maxLength: 20 }), (counts) => {
      const world = new World({ min: 1, max: 6, newFirst: true, surge: 1, unavailable: 0 })
      const requests = counts.map((count) => byPerson({ kind: 'scale', entity: 'web', count, reason: 'ann' }))
      const { desired: change } = arbitrate(world.state(), requests, 0)
      const count = change?.counts['web'] ?? 3
      expect(count).toBeGreaterThanOrEqual(1)
      expect(count).toBeLessThanOrEqual(6)
    }),
  )
})

/** Carries out what is granted at the very worst moment: at once where it hurts, late where it helps. */
class World {
  readonly #limits: Bounds
  readonly #slots = new Map<string, Slot>()
  #floors: { readonly [path: string]: Floor } = {}
  #counts: { readonly [role: string]: number } = {}
  #recent: { readonly [role: string]: readonly number[] } = {}
  #next = 1

  constructor(limits: Bounds) {
    this.#limits = limits
    while (this.#slots.size < 3) this.#add(true)
  }

  pass(happenings: readonly Happening[], now: number): void {
    const requests: Request[] = []
    for (const one of happenings) {
      if (one.kind === 'scale')
        requests.push(byPolicy({ kind: 'scale', entity: 'web', count: one.count, reason: 'load' }))
      else if (one.kind === 'fails') this.#with(one.slot, (slot) => (slot.up = false))
      else if (one.kind === 'works') this.#with(one.slot, (slot) => this.#work(slot))
      else requests.push(...this.#requestOf(one.kind, one.slot))
    }
    this.#obey(requests, now)
  }

  state(): ArbiterState {
    const retired = {
      path: 'web/retired',
      retired: 'scaled in',
      leaving: this.#leavers.map((number) => made(number, 1)),
    }
    const staying = [...this.#slots].map(([path, slot]) => this.#standing(path, slot))
    const slots = [...staying, { record: retired as unknown as SlotRecord, up: false }]
    const { min, max, newFirst, surge, unavailable } = this.#limits
    const replacement = { order: newFirst ? 'new-first' : 'old-first', surge, unavailable } as const
    const spec = { min, max, initial: 3, replacement } as Parameters<typeof roleStandingOf>[0]
    return {
      desired: desired({ counts: this.#counts, floors: this.#floors }),
      roles: { web: roleStandingOf(spec, slots) },
      members: Object.fromEntries(
        slots.map(({ record, up }) => [record.path, memberStateOf(record, up, 'web')]),
      ),
      recent: this.#recent,
    }
  }

  #obey(requests: readonly Request[], now: number): void {
    const { min, max, surge, unavailable } = this.#limits
    const readyBefore = this.#ready()
    const verdict = arbitrate(this.state(), requests, now)
    expect(verdict.decisions).toHaveLength(requests.length)
    this.#recent = verdict.recent
    if (verdict.desired === undefined) return
    this.#floors = verdict.desired.floors
    this.#counts = verdict.desired.counts
    const wanted = this.#counts['web'] ?? 3
    expect(wanted).toBeGreaterThanOrEqual(min)
    expect(wanted).toBeLessThanOrEqual(Math.max(max, 3))
    this.#carryOut(wanted)
    if (this.#ready() < readyBefore) expect(this.#ready()).toBeGreaterThanOrEqual(min - unavailable)
    expect(this.#incarnations()).toBeLessThanOrEqual(max + surge)
  }

  /** What is wanted begins everywhere at once, the ready ones first; nothing comes up and nothing that leaves is gone. */
  #carryOut(wanted: number): void {
    const byReadiness = [...this.#slots].sort(([, a], [, b]) => Number(b.up) - Number(a.up))
    for (const [path] of byReadiness.slice(0, Math.max(0, this.#slots.size - wanted))) this.#retire(path)
    while (this.#slots.size < wanted) this.#add(false)
    for (const [path, slot] of this.#slots) {
      const floor = this.#floors[path]
      if (floor?.incarnation !== undefined && floor.incarnation > slot.current)
        this.#replace(slot, floor.incarnation)
      if (floor?.runOf === slot.current && (floor.run ?? 0) > slot.run)
        Object.assign(slot, { run: floor.run, up: false })
    }
  }

  #replace(slot: Slot, incarnation: number): void {
    const newFirst = this.#limits.newFirst && this.#limits.surge > 0
    if (newFirst) slot.leaving.push(slot.current)
    else slot.up = false
    Object.assign(slot, { current: incarnation, run: 1 })
  }

  /** What began comes to its end: the member is up, its older incarnations are gone. */
  #work(slot: Slot): void {
    Object.assign(slot, { up: true, leaving: [] })
    this.#leavers.length = 0
  }

  readonly #leavers: number[] = []

  #retire(path: string): void {
    const slot = this.#slots.get(path)
    this.#slots.delete(path)
    if (slot !== undefined) this.#leavers.push(...slot.leaving, slot.current)
  }

  #add(up: boolean): void {
    this.#slots.set(`web/${this.#next}`, { current: 1, run: 1, up, leaving: [] })
    this.#next += 1
  }

  #ready(): number {
    return [...this.#slots.values()].filter(({ up }) => up).length
  }

  #incarnations(): number {
    const staying = [...this.#slots.values()].reduce((sum, { leaving }) => sum + 1 + leaving.length, 0)
    return staying + this.#leavers.length
  }

  #with(at: number, act: (slot: Slot, path: string) => void): void {
    const found = [...this.#slots][at]
    if (found !== undefined) act(found[1], found[0])
  }

  #requestOf(kind: 'restart' | 'replace', at: number): readonly Request[] {
    const found = [...this.#slots][at]
    if (found === undefined) return []
    const [entity, { current, run }] = found
    const common = { entity, incarnation: current, reason: 'why' }
    const intent: Intent = kind === 'restart' ? { kind, run, ...common } : { kind, ...common }
    return [byPolicy(intent)]
  }

  #standing(path: string, slot: Slot): SlotStanding {
    const leaving = slot.leaving.map((number) => made(number, 1))
    const record = { path, current: made(slot.current, slot.run), leaving }
    const floor = this.#floors[path]
    const standing = { record: record as unknown as SlotRecord, up: slot.up }
    return floor === undefined ? standing : { ...standing, floor }
  }
}

function made(number: number, run: number): Incarnation {
  return { number, run: { number: run } } as unknown as Incarnation
}
