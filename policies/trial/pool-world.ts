import type { Intent, PoolSpec, Reading } from '../../engine/index.js'
import { ArbiterSeat } from './arbiter-seat.js'
import type { PlayBook } from './play-book.js'
import type { Ask, Cast, Scene } from './stage.js'
import { type Player, befallen, conditionReading, newPlayer } from './troupe.js'

/** What a world is made of. */
export interface WorldParts {
  readonly cast: Cast
  readonly pool: PoolSpec
  readonly sensor: string
  readonly book: PlayBook
  /** Where its policy acts. */
  readonly scene: (ask: Ask) => Scene
}

/**
 * Members that do what the arbiter grants: they come up after their delay, go at once, and share a load evenly while they are up.
 * A process that ended is launched again by the policy where that decides it, and otherwise by itself; either takes the delay.
 */
export class PoolWorld {
  readonly scene: Scene
  readonly #parts: WorldParts
  readonly #arbiter: ArbiterSeat
  readonly #launches: boolean
  readonly #players = new Map<number, Player>()
  #last = 0
  #ready = 0
  #wanted: number

  constructor(parts: WorldParts) {
    const { cast, pool, scene } = parts
    this.#parts = parts
    this.#arbiter = new ArbiterSeat(pool, cast)
    this.#launches = !cast.policy.decides.includes('restart')
    this.#wanted = pool.initial
    this.scene = scene((intents, at) => {
      this.#asked(intents, at)
    })
    for (let count = 0; count < pool.initial; count += 1) this.#add({})
  }

  get present(): number {
    return this.#players.size
  }

  /** Those that are up. */
  get ready(): number {
    return this.#ready
  }

  get wanted(): number {
    return this.#wanted
  }

  /** What each that is up has to do of a load; none has, Infinity, while there is something to do and nobody is up. */
  shareOf(load: number): number {
    if (this.#ready > 0) return load / this.#ready
    return load > 0 ? Infinity : 0
  }

  /** Whether nobody has to be told what members have to do of a load, since they tell again at `next`. */
  leavesOut(load: number, at: number, next: number): boolean {
    return this.#ready > 0 && this.scene.leavesOut(this.shareOf(load), at, next)
  }

  /** Members tell what they have to do of a load. */
  tell(load: number): void {
    const { sensor } = this.#parts
    const [at, value] = [this.scene.time.now(), this.shareOf(load)]
    const readings: Reading[] = []
    for (const { path, condition } of this.#players.values())
      if (condition.up) readings.push({ kind: 'sensor', at, entity: path, sensor, value })
    if (readings.length > 0) this.scene.tell(readings)
  }

  /** The process of one that is up ends; `choice` of 0 to 1 says which. */
  fail(choice: number): void {
    const up = [...this.#players.values()].filter(({ condition }) => condition.up)
    const player = up[Math.floor(choice * up.length)]
    if (player === undefined) return
    this.#parts.book.failed()
    this.#become(befallen(player, 'failed'))
    if (this.#launches) this.#upLater(player.number)
  }

  #asked(intents: readonly Intent[], now: number): void {
    const { book } = this.#parts
    const acts = intents.filter((intent) => intent.kind !== 'hold')
    for (const intent of intents) if (intent.kind === 'hold') book.held(intent.rule)
    if (acts.length === 0) return
    const before = this.#wanted
    const granted = this.#arbiter.judge(acts, [...this.#players.values()], before, now)
    for (const path of granted.restarts) this.#again(path, false)
    for (const path of granted.replacements) this.#again(path, true)
    if (granted.count !== undefined) this.#scale(granted.count)
    book.judged(granted, { before, after: this.#wanted, now })
  }

  #scale(count: number): void {
    this.#wanted = count
    while (this.#players.size < count)
      this.#upLater(this.#add({ state: 'starting', up: false, run: 0 }).number)
    const youngest = [...this.#players.values()].reverse()
    const victims = [
      ...youngest.filter(({ condition }) => !condition.up),
      ...youngest.filter(({ condition }) => condition.up),
    ]
    for (const victim of victims.slice(0, this.#players.size - count)) {
      this.#become(befallen(victim, 'gone'))
      this.#players.delete(victim.number)
    }
  }

  #again(path: string, anew: boolean): void {
    const player = [...this.#players.values()].find((one) => one.path === path)
    if (player === undefined) return
    const { condition } = player
    const incarnation = condition.incarnation + (anew ? 1 : 0)
    const starting = { ...condition, state: 'starting', up: false, incarnation, reason: '' } as const
    this.#become({ ...player, condition: { ...starting, run: anew ? 0 : condition.run } })
    this.#upLater(player.number)
  }

  /** Unless it has become another meanwhile. */
  #upLater(number: number): void {
    const begun = this.#players.get(number)
    this.scene.later(() => {
      const player = this.#players.get(number)
      if (player === undefined || player !== begun) return
      const { condition } = player
      const run = condition.run + 1
      this.#become({ ...player, condition: { ...condition, state: 'running', up: true, run, reason: '' } })
    }, this.#parts.pool.startDelay)
  }

  #add(condition: Parameters<typeof newPlayer>[1]): Player {
    this.#last += 1
    const player = newPlayer(this.#last, condition)
    this.#become(player)
    return player
  }

  #become(player: Player): void {
    if (this.#players.get(player.number)?.condition.up === true) this.#ready -= 1
    if (player.condition.up) this.#ready += 1
    this.#players.set(player.number, player)
    this.scene.tell([conditionReading(player, this.scene.time.now())])
  }
}
