import type { Intent, Reading } from '../../engine/index.js'
import { MemberDraft } from '../members.js'
import { SampleBook } from '../rules/sample-book.js'
import { noteActivity } from './activity.js'
import { untrusted } from './doubt.js'
import { type Load, distrust } from './loads.js'
import type { AutoscaleMemory, Told } from './memory.js'
import { verdictIn } from './pool-verdict.js'
import { type Standing, muster, tallyOf } from './roster.js'
import type { AutoscaleSettings, Metric, Source } from './settings.js'

/** What readings made of the memory, and what is to be said of them alone. */
export interface Noted {
  readonly memory: AutoscaleMemory
  readonly intents: readonly Intent[]
}

/** Takes readings in, and decides nothing yet. */
export function noteReadings(
  settings: AutoscaleSettings,
  memory: AutoscaleMemory,
  readings: readonly Reading[],
  now: number,
): Noted {
  const notes = new Notes(settings, memory, now)
  const intents = readings.flatMap((reading) => notes.take(reading))
  return { memory: notes.memory, intents }
}

/** A memory into which readings are put one after the other; its books are copied once, not for each. */
class Notes {
  readonly #settings: AutoscaleSettings
  readonly #now: number
  readonly #roster: MemberDraft<Standing>
  readonly #loads = new Map<string, MemberDraft<Load>>()
  readonly #samples: SampleBook
  #rest: AutoscaleMemory

  constructor(settings: AutoscaleSettings, memory: AutoscaleMemory, now: number) {
    this.#settings = settings
    this.#now = now
    this.#rest = memory
    this.#roster = new MemberDraft(memory.roster)
    this.#samples = new SampleBook(settings.readings, memory.samples)
  }

  /** What is known now. */
  get memory(): AutoscaleMemory {
    const loads = [...this.#loads].map(([metric, { book }]) => [metric, book] as const)
    return {
      ...this.#rest,
      roster: this.#roster.book,
      ...(loads.length === 0 ? {} : { loads: { ...this.#rest.loads, ...Object.fromEntries(loads) } }),
      samples: this.#samples.samples,
    }
  }

  /** Takes one reading in; what is not to be believed of it is said. */
  take(reading: Reading): readonly Intent[] {
    if (reading.kind === 'member') this.#muster(reading)
    if (reading.kind !== 'sensor') return []
    this.#noteActivity(reading)
    return this.#settings.metrics.flatMap((metric) => {
      const wrong = this.#noteMetric(metric, reading)
      if (wrong === undefined) return []
      const whose = reading.entity === '' ? 'the application' : reading.entity
      return [{ kind: 'hold', ...untrusted(reading.sensor, whose, wrong) }]
    })
  }

  #muster(reading: Reading): void {
    if (!muster(this.#roster, reading)) return
    for (const metric of Object.keys(this.#rest.loads)) this.#loadsOf(metric).remove(reading.entity)
    for (const loads of this.#loads.values()) loads.remove(reading.entity)
    this.#samples.forget(reading.entity)
  }

  #noteActivity(reading: Reading): void {
    const { activity: wanted, role } = this.#settings
    if (wanted?.sensor !== reading.sensor || !isOf(wanted.from, role, reading)) return
    const activity = noteActivity(wanted, this.#rest.activity, reading, this.#now)
    if (activity !== undefined) this.#rest = { ...this.#rest, activity }
  }

  /** Takes in what a reading means for a metric; gives why it is not to be believed, where it is not. */
  #noteMetric({ name, source }: Metric, reading: Reading): string | undefined {
    switch (source.kind) {
      case 'members':
        return source.sensor === reading.sensor ? this.#noteLoad(name, reading) : undefined
      case 'entity':
        return source.sensor === reading.sensor && isOf(source.from, this.#settings.role, reading)
          ? this.#noteTold(name, source.measures, reading)
          : undefined
      case 'formula':
        this.#noteSample(name, reading)
        return undefined
      case 'events':
        return isOf(source.from, this.#settings.role, reading)
          ? this.#noteVerdict(name, source, reading)
          : undefined
    }
  }

  #noteLoad(name: string, { entity, value, at }: Reading): string | undefined {
    if (this.#roster.get(entity) === undefined) return undefined
    const wrong = distrust(value, at, this.#now)
    if (wrong !== undefined) return wrong
    const loads = this.#loadsOf(name)
    if (at < (loads.get(entity)?.at ?? -Infinity)) return undefined
    loads.put(entity, { value: value as number, at: Math.min(at, this.#now) })
    return undefined
  }

  /** An average where nobody is up is of nobody. */
  #noteTold(name: string, measures: 'average' | 'total', { value, at }: Reading): string | undefined {
    if (value === null) return undefined
    const wrong = distrust(value, at, this.#now)
    if (wrong !== undefined) return wrong
    const members = this.#readyNow()
    if (measures === 'average' && members === 0) return undefined
    this.#tell(name, { value: value as number, members, at: Math.min(at, this.#now) })
    return undefined
  }

  #tell(name: string, told: Told): void {
    if (told.at < (this.#rest.told[name]?.at ?? -Infinity)) return
    this.#rest = { ...this.#rest, told: { ...this.#rest.told, [name]: told } }
  }

  /** What a formula reads counts for those that are up when it is read. */
  #noteSample(metric: string, reading: Reading): void {
    const { readings, role } = this.#settings
    const isMeant = Object.values(readings).some(({ sensor, of }) => {
      if (sensor !== reading.sensor) return false
      if (of === 'self') return reading.entity === role
      return of === 'children' || this.#roster.get(reading.entity) !== undefined
    })
    if (!isMeant) return
    this.#samples.note(reading, this.#now)
    this.#tell(metric, { value: 0, members: this.#readyNow(), at: Math.min(reading.at, this.#now) })
  }

  #noteVerdict(
    name: string,
    source: Extract<Source, { kind: 'events' }>,
    reading: Reading,
  ): string | undefined {
    const says = (['hot', 'cold', 'ok'] as const).find((one) => source[one] === reading.sensor)
    if (says === undefined || reading.value === null) return undefined
    const read = verdictIn(says, reading, this.#now)
    if ('wrong' in read) return read.wrong
    const { events } = this.#rest
    if (read.verdict.at >= (events[name]?.at ?? -Infinity))
      this.#rest = { ...this.#rest, events: { ...events, [name]: read.verdict } }
    return undefined
  }

  #readyNow(): number {
    return tallyOf(this.#roster.book, this.#now, this.#settings.warmUp).ready.length
  }

  #loadsOf(metric: string): MemberDraft<Load> {
    const known = this.#loads.get(metric)
    if (known !== undefined) return known
    const made = new MemberDraft<Load>(this.#rest.loads[metric] ?? {})
    this.#loads.set(metric, made)
    return made
  }
}

/** Whether a reading is of the entity that is named; self is the role. */
function isOf(from: string, role: string, { entity }: Reading): boolean {
  return entity === (from === 'self' ? role : from === '.' ? '' : from)
}
