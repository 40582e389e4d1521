import type { Random } from '../../engine/index.js'
import { SeededRandom } from '../support/seeded-random.js'
import { differences, type Ending } from './ending.js'
import { type Moment, SIDES } from './mortal.js'

/** What is done in a campaign. */
export interface Plan {
  /** What it is called in the report. */
  readonly name: string
  /** Every so-manieth moment of the run without a death. */
  readonly every: number
  /** How many lives are killed and killed again while they recover. */
  readonly doubles: number
  /** Chains beside those. @default none */
  readonly also?: readonly (readonly Moment[])[]
  readonly seed: number
  /** Chains of lives under way at once. */
  readonly parallel: number
  /** Told of each chain as it comes to its end: some campaigns last for hours. */
  readonly progress?: (line: string) => void
}

/** What a campaign found; all but the first three should be nought, and nothing is worth telling. */
export interface Findings {
  readonly name: string
  /** Chains of lives with one death, and with two. */
  readonly points: number
  readonly doubleCrashes: number
  readonly duplicates: number
  readonly orphans: number
  /** Chains whose end, books or counts differ from the run without a death. */
  readonly mismatches: number
  /** Chains that failed or came to no end. */
  readonly failures: number
  /** Moments that a chain did not reach: how often a run commits is a matter of time. */
  readonly notReached: number
  readonly seconds: number
  /** What was wrong, by moment. */
  readonly details: readonly string[]
}

/** How a campaign leads one chain of lives through its deaths. */
export type Lead = (moments: readonly Moment[]) => Promise<Ending>

/** Leads chains through a death at each planned moment, and through two, and compares their ends with the peaceful one. */
export async function campaign(plan: Plan, lead: Lead, now: () => number): Promise<Findings> {
  const begun = now()
  const since = (): string => ((now() - begun) / 1_000).toFixed(0)
  const reference = await lead([])
  const singles = everyMoment(reference).filter((_moment, at) => at % plan.every === 0)
  const random = new SeededRandom(plan.seed)
  const doubles = Array.from({ length: plan.doubles }, () => twoMoments(reference, random))
  const chains = [...(plan.also ?? []), ...singles.map((moment) => [moment]), ...doubles]
  const tale = new Tale(reference)
  const queue = chains.values()
  plan.progress?.(`${plan.name}: ${chains.length} chains, the run without a death took ${since()} s`)
  const worker = async (): Promise<void> => {
    for (const moments of queue) {
      await tale.tell(moments, lead)
      plan.progress?.(`${plan.name}: after ${since()} s ${tale.sum}`)
    }
  }
  await Promise.all(Array.from({ length: plan.parallel }, worker))
  return tale.findings(plan.name, (now() - begun) / 1_000)
}

/** The findings for people and programs: a line of JSON each, then a table. */
export function report(all: readonly Findings[]): string {
  const lines = all.map(({ details, ...counts }) =>
    JSON.stringify({ kill: counts, details: details.slice(0, 20) }),
  )
  const columns = [
    'points',
    'doubleCrashes',
    'duplicates',
    'orphans',
    'mismatches',
    'failures',
    'notReached',
  ] as const
  const head = ['', ...columns, 'seconds']
  const rows = all.map((one) => [
    one.name,
    ...columns.map((column) => String(one[column])),
    one.seconds.toFixed(1),
  ])
  const sums = columns.map((column) => String(all.reduce((sum, one) => sum + one[column], 0)))
  const seconds = all.reduce((sum, one) => sum + one.seconds, 0).toFixed(1)
  const table = [head, ...rows, ['all', ...sums, seconds]]
  const widths = head.map((_cell, at) => Math.max(...table.map((row) => row[at]?.length ?? 0)))
  const drawn = table.map((row) => row.map((cell, at) => cell.padStart(widths[at] ?? 0)).join('  '))
  return [...lines, ...drawn, ''].join('\n')
}

class Tale {
  readonly #reference: Ending
  readonly #details: string[] = []
  #points = 0
  #doubleCrashes = 0
  #duplicates = 0
  #orphans = 0
  #mismatches = 0
  #failures = 0
  #notReached = 0

  constructor(reference: Ending) {
    this.#reference = reference
  }

  async tell(moments: readonly Moment[], lead: Lead): Promise<void> {
    const title = moments.map(({ side, ordinal }) => `${side} ${ordinal}`).join(', then ')
    try {
      this.#judge(title, moments.length, await lead(moments))
    } catch (thrown) {
      this.#failures += 1
      this.#details.push(`${title}: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
    }
  }

  /** How it stands, in a line. */
  get sum(): string {
    const told = this.#points + this.#doubleCrashes
    const wrong = `${this.#duplicates}/${this.#orphans}/${this.#mismatches}/${this.#failures}`
    const [last] = this.#details.slice(-1)
    return `${told} died, ${wrong} twice/left/other/failed, ${this.#notReached} not reached${last === undefined ? '' : `; ${last}`}`
  }

  findings(name: string, seconds: number): Findings {
    return {
      name,
      points: this.#points,
      doubleCrashes: this.#doubleCrashes,
      duplicates: this.#duplicates,
      orphans: this.#orphans,
      mismatches: this.#mismatches,
      failures: this.#failures,
      notReached: this.#notReached,
      seconds,
      details: this.#details,
    }
  }

  #judge(title: string, wanted: number, ending: Ending): void {
    const deaths = wanted - ending.notReached.length
    if (deaths === 1) this.#points += 1
    if (deaths > 1) this.#doubleCrashes += 1
    this.#notReached += ending.notReached.length
    this.#duplicates += ending.doubles.length
    this.#orphans += ending.orphans.length
    const found = differences(this.#reference, ending)
    if (found.length > 0) this.#mismatches += 1
    for (const line of found.slice(0, 5)) this.#details.push(`${title}: ${line.slice(0, 2_000)}`)
  }
}

function everyMoment(reference: Ending): readonly Moment[] {
  return SIDES.flatMap((side) =>
    Array.from({ length: momentsOf(reference, side) }, (_, at) => ({ side, ordinal: at + 1 })),
  )
}

/** The second death comes early in the recovery: there is what could go wrong. */
function twoMoments(reference: Ending, random: Random): readonly Moment[] {
  const draw = (most: number): number => 1 + Math.floor(random.next() * most)
  const side = (): Moment['side'] => SIDES[draw(SIDES.length) - 1] ?? 'before-commit'
  const first = side()
  const soon = random.next() < 0.5 ? 4 : 16
  return [
    { side: first, ordinal: draw(Math.max(1, momentsOf(reference, first) - soon)) },
    { side: side(), ordinal: draw(soon) },
  ]
}

function momentsOf(reference: Ending, side: Moment['side']): number {
  const [life] = reference.lives
  return (side.endsWith('commit') ? life?.commits : life?.effects) ?? 0
}
