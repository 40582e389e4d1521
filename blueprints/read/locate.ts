import {
  type Alias,
  type Document,
  type Node,
  type Pair,
  type Scalar,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
} from 'yaml'
import type { Json, Problem, Range } from '../../engine/index.js'
import { type ProblemCode, problem } from '../problems.js'
import { type Located, bareObject } from './document.js'
import type { ReadLimits } from './limits.js'
import { forbiddenCharacter } from './scan-text.js'

/** What is needed to turn the parser's nodes into plain values with places. */
export interface LocateContext {
  readonly file: string
  readonly limits: ReadLimits
  rangeOf(from: number, to: number): Range
}

/** Plain values with places; without a root when the document must not be used at all. */
export function locate(
  parsed: Document.Parsed,
  context: LocateContext,
): { readonly root?: Located; readonly problems: readonly Problem[] } {
  const locator = new Locator(parsed, context)
  const root = locator.part(parsed.contents as Node, 0)
  return locator.exhausted ? { problems: locator.problems } : { root, problems: locator.problems }
}

const NO_PARTS: Located['parts'] = new Map()

/** One walk over one document. An alias gives the very part that it names, so that bombs cost nothing until walked. */
class Locator {
  readonly problems: Problem[] = []
  exhausted = false
  readonly #parsed: Document.Parsed
  readonly #context: LocateContext
  readonly #done = new Map<Node, Located>()
  /** Values below each part, by its `parts`, which its copies share. */
  readonly #sizes = new Map<Located['parts'], number>()
  readonly #open = new Set<Node>()
  /** What stands for aliases that could not be followed, which was reported. */
  readonly #broken = new Set<Located>()
  #aliases = 0

  constructor(parsed: Document.Parsed, context: LocateContext) {
    this.#parsed = parsed
    this.#context = context
  }

  part(node: Node, depth: number): Located {
    const done = this.#done.get(node)
    if (done !== undefined) return done
    if (depth > this.#context.limits.depth) return this.#tooDeep(node)
    this.#open.add(node)
    const part = this.#build(node, depth)
    this.#open.delete(node)
    this.#done.set(node, part)
    this.#count(part, node)
    return part
  }

  #build(node: Node, depth: number): Located {
    if (isAlias(node)) return this.#alias(node, depth)
    if (isMap(node)) return this.#map(node, node.items, depth)
    if (isSeq(node)) {
      const parts = node.items.map((item) => this.#valuePart(item, node, depth))
      const value = parts.map((part) => part.value)
      return {
        value,
        range: this.#range(node),
        plain: false,
        parts: new Map(parts.map((part, at) => [String(at), part])),
      }
    }
    return this.#scalar(node)
  }

  #valuePart(item: unknown, holder: Node, depth: number): Located {
    if (isNode(item)) return this.part(item, depth + 1)
    if (isPair(item)) return this.#map(holder, [item], depth + 1)
    return { value: null, range: this.#range(holder), plain: false, parts: NO_PARTS }
  }

  #map(node: Node, items: readonly Pair[], depth: number): Located {
    const value = bareObject()
    const parts = new Map<string, Located>()
    const merged: Located[] = []
    for (const { key, value: content } of items) {
      const keyRange = this.#range(isNode(key) ? key : node)
      const name = this.#keyOf(key, keyRange)
      const part = isNode(content) ? this.part(content, depth + 1) : nothing(keyRange)
      if (name === '<<' && isPlain(key)) merged.push(...this.#mergeable(part, keyRange))
      else if (name !== undefined) this.#addPart(parts, name, { ...part, keyRange })
    }
    for (const [name, part] of merged.flatMap((source) => [...source.parts])) {
      if (!parts.has(name)) parts.set(name, part)
    }
    for (const [name, part] of parts) value[name] = part.value
    return { value, range: this.#range(node), plain: false, parts }
  }

  #addPart(parts: Map<string, Located>, name: string, part: Located & { readonly keyRange: Range }): void {
    if (!parts.has(name)) parts.set(name, part)
    else
      this.#report(
        'BP1005',
        'this key was given before in the same map',
        part.keyRange,
        'keep one of the two',
      )
  }

  #keyOf(key: unknown, range: Range): string | undefined {
    const scalar = isScalar(key) ? key : undefined
    const content = scalar?.value
    if (
      scalar === undefined ||
      (typeof content !== 'string' && typeof content !== 'number' && typeof content !== 'boolean')
    ) {
      this.#report('BP1014', 'a key must be a text', range, 'write a word in front of the colon')
      return undefined
    }
    const name = typeof content === 'string' ? content : (scalar.source ?? String(content))
    if (name === '__proto__') {
      this.#report('BP1201', 'nothing can be called "__proto__"', range, 'choose another name')
      return undefined
    }
    this.#checkText(name, range)
    return name
  }

  /** The maps that `<<` brings in. */
  #mergeable(part: Located, range: Range): readonly Located[] {
    const sources = Array.isArray(part.value) ? [...part.parts.values()] : [part]
    const maps = sources.filter((source) => isMapPart(source))
    if (sources.some((source) => !isMapPart(source) && !this.#broken.has(source)))
      this.#report('BP1011', '"<<" must name a map, or a list of maps', range, 'write *anchor of a map')
    return maps
  }

  #alias(node: Alias, depth: number): Located {
    const range = this.#range(node)
    this.#aliases += 1
    if (this.#aliases > this.#context.limits.aliases) {
      if (!this.exhausted)
        this.#report(
          'BP1003',
          `there are more than ${this.#context.limits.aliases} aliases`,
          range,
          'write it out',
        )
      this.exhausted = true
      return nothing(range)
    }
    const target = node.resolve(this.#parsed)
    if (target === undefined || this.#open.has(target)) {
      const what = target === undefined ? 'refers to nothing' : 'refers to itself'
      this.#report('BP1004', `the alias *${node.source} ${what}`, range, `define &${node.source} before it`)
      const broken = nothing(range)
      this.#broken.add(broken)
      return broken
    }
    const part = this.part(target, depth)
    return { ...part, range, plain: false }
  }

  #scalar(node: Scalar): Located {
    const range = this.#range(node)
    const value = this.#plainValue(node, range)
    const plain = node.type === 'PLAIN' && range.start.line === range.end.line
    const { source } = node
    const isOdd = typeof value === 'number' && source !== undefined && source !== String(value)
    return { value, range, plain, parts: NO_PARTS, ...(isOdd ? { written: source } : {}) }
  }

  #plainValue(node: Scalar, range: Range): Json {
    const { value, source } = node
    if (typeof value === 'string') {
      this.#checkText(value, range)
      return value
    }
    if (typeof value === 'number') return this.#number(value, source ?? '', range)
    return typeof value === 'boolean' ? value : null
  }

  #number(value: number, source: string, range: Range): Json {
    if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
      this.#report(
        'BP1012',
        `the number ${source} cannot be kept as it is written`,
        range,
        'quote it if it is a text',
      )
      return 0
    }
    if (/^[-+]?0[0-9]+$/.test(source)) {
      const message = `${source} is read as the number ${value}`
      const fix = { title: `Write "${source}"`, edits: [{ range, text: `"${source}"` }] }
      const place = { file: this.#context.file, range }
      this.problems.push(
        problem('BP1013', message, place, { severity: 'warning', hint: 'quote it if the zero counts', fix }),
      )
    }
    return Object.is(value, -0) ? 0 : value
  }

  #checkText(text: string, range: Range): void {
    if (/\p{Surrogate}/u.test(text)) {
      this.#report('BP1008', 'this text holds half of a character', range, 'write the character itself')
      return
    }
    const found = forbiddenCharacter(text)
    if (found !== undefined)
      this.#report('BP1007', `this text holds the character ${found.name}`, range, 'remove it')
  }

  #count(part: Located, node: Node): void {
    let size = 1
    for (const below of part.parts.values()) size += this.#sizes.get(below.parts) ?? 1
    this.#sizes.set(part.parts, size)
    if (size <= this.#context.limits.values || this.exhausted) return
    this.exhausted = true
    const message = `its aliases unfold to more than ${this.#context.limits.values} values`
    this.#report('BP1003', message, this.#range(node), 'write less, or without aliases')
  }

  #tooDeep(node: Node): Located {
    const range = this.#range(node)
    if (!this.exhausted)
      this.#report(
        'BP1002',
        `the document is nested more than ${this.#context.limits.depth} levels deep`,
        range,
        'write it flatter',
      )
    this.exhausted = true
    return nothing(range)
  }

  #range(node: Node): Range {
    const [from, to] = node.range ?? [0, 0, 0]
    return this.#context.rangeOf(from, to)
  }

  #report(code: ProblemCode, message: string, range: Range, hint: string): void {
    this.problems.push(problem(code, message, { file: this.#context.file, range }, { hint }))
  }
}

function nothing(range: Range): Located {
  return { value: null, range, plain: false, parts: NO_PARTS }
}

function isPlain(key: unknown): boolean {
  return isScalar(key) && key.type === 'PLAIN'
}

function isMapPart(part: Located): boolean {
  return typeof part.value === 'object' && part.value !== null && !Array.isArray(part.value)
}
