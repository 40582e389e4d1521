import type { WireEvent } from '../../server/api/index.js'
import type { Ran } from './weir.js'

/** A record of what people asked and what happened, without what differs from run to run. */
export class Transcript {
  readonly #lines: string[] = []
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

  /** What entities went through, members of one role as one, in alphabetical order: they do not wait for each other. */
  happened(events: readonly WireEvent[]): void {
    for (const line of ways(events)) this.#lines.push(`   ${line}`)
  }

  /** The whole story. */
  text(): string {
    return `${this.#lines.join('\n').trim()}\n`
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
  [/\bgeneration \d+/g, 'generation N'],
  [/\/\S+\/([a-z-]+\.yaml)/g, '$1'],
  [/(?<=\S) {2,}/g, '  '],
]

/** How many went which way, such as `web 3×: created → starting → running`. */
function ways(events: readonly WireEvent[]): readonly string[] {
  const paths = new Map<string, string[]>()
  for (const { type, entity, text } of events) {
    if (type !== 'application' && type !== 'entity') continue
    const state = text.split(':')[0] ?? ''
    const path = paths.get(entity) ?? []
    paths.set(entity, path)
    if (path.at(-1) !== state) path.push(state)
  }
  const counts = new Map<string, number>()
  for (const [entity, path] of paths) {
    const way = `${entity === '' ? 'shop' : (entity.split('/')[0] ?? '')} COUNT: ${path.join(' → ')}`
    counts.set(way, (counts.get(way) ?? 0) + 1)
  }
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([way, count]) => way.replace(' COUNT', count === 1 ? '' : ` ${count}×`))
}
