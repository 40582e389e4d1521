import type { WireEvent } from '../../server/api/index.js'
import type { Ran } from './weir.js'

/** A record of what people asked and what happened, without what differs from run to run. */
export class Transcript {
  readonly #lines: string[] = []
  /** How each entity was left. */
  readonly #states = new Map<string, string>()
  readonly #masks: readonly (readonly [RegExp, string])[]

  /** `masks`: further texts that differ, with what stands for them. */
  constructor(masks: readonly (readonly [RegExp, string])[] = []) {
    this.#masks = [...masks, ...MASKS]
  }

  act(title: string): void {
    this.#lines.push('', `== ${title}`)
  }

  note(text: string): void {
    this.#lines.push(`   ${this.#masked(text)}`)
  }

  /** A command with its answer; progress is told by events, which miss nothing. */
  ran(words: readonly string[], { exit, out }: Ran): void {
    this.#lines.push(this.#masked(`$ weir ${words.join(' ')}`))
    for (const line of out.trimEnd().split('\n')) if (line !== '') this.#lines.push(this.#masked(`  ${line}`))
    if (exit !== 0) this.#lines.push(`  exit ${exit}`)
  }

  /**
   * What entities went through, from how they were left; members of one role as one, in alphabetical order: they do not
   * wait for each other. Without `told` it is remembered only.
   */
  happened(events: readonly WireEvent[], told = true): void {
    const lines = linesOf(this.#ways(events))
    if (told) for (const line of lines) this.#lines.push(`   ${line}`)
  }

  /** The whole story. */
  text(): string {
    return `${this.#lines.join('\n').trim()}\n`
  }

  /** States of entities one after another, of those that changed. */
  #ways(events: readonly WireEvent[]): ReadonlyMap<string, readonly string[]> {
    const ways = new Map<string, string[]>()
    for (const event of events) {
      const state = stateIn(event)
      const before = this.#states.get(event.entity)
      if (state === undefined || state === before) continue
      const way = ways.get(event.entity)
      if (way !== undefined) way.push(state)
      else ways.set(event.entity, before === undefined ? [state] : [before, state])
      this.#states.set(event.entity, state)
    }
    return ways
  }

  #masked(text: string): string {
    return this.#masks.reduce((masked, [pattern, sign]) => masked.replaceAll(pattern, sign), text).trimEnd()
  }
}

const MASKS: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{64}\b/g, 'DIGEST'],
  [/\b[0-9a-f]{12,32}\b/g, 'ID'],
  [/:\d{4,5}\b/g, ':PORT'],
  [/\b\d+(\.\d+)? (ms|s|min) ago\b/g, 'AGE ago'],
  [/\bfor \d+(\.\d+)? (s|min)$/g, 'for AGE'],
  [/\bgeneration \d+/g, 'generation N'],
  [/\/\S+\/([a-z-]+\.yaml)/g, '$1'],
  [/(?<=\S) {2,}/g, '  '],
]

/** Which state an event tells of. What is degraded comes and goes with every small repair, and is left out. */
function stateIn({ type, text, data }: WireEvent): string | undefined {
  if (type !== 'application' && type !== 'entity') return undefined
  const state = typeof data['state'] === 'string' ? data['state'] : text
  // What ends quickly may be gone before anybody sees that it is being removed.
  return type === 'entity' && state === 'removing' ? 'stopping' : state
}

/** How many went which way, such as `web 3×: created → starting → running`. */
function linesOf(ways: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const counts = new Map<string, number>()
  for (const [entity, states] of ways) {
    const line = `${entity === '' ? 'shop' : (entity.split('/')[0] ?? '')} COUNT: ${states.join(' → ')}`
    counts.set(line, (counts.get(line) ?? 0) + 1)
  }
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([line, count]) => line.replace(' COUNT', count === 1 ? '' : ` ${count}×`))
}
