import { type Json, type SourcePlace, isJsonObject } from '../../engine/index.js'
import { type Located, type Path, type SourceDocument, pointerOf } from './document.js'

/** A value of a document and where it stands: what dialects walk over. */
export class DocumentNode {
  readonly document: SourceDocument
  readonly path: Path
  readonly #part: Located

  constructor(document: SourceDocument, path: Path, part: Located) {
    this.document = part.from ?? document
    this.path = path
    this.#part = part
  }

  /** The root of a document. */
  static rootOf(document: SourceDocument): DocumentNode {
    return new DocumentNode(document, [], document.root)
  }

  get value(): Json {
    return this.#part.value
  }

  /** The value with the places of its parts, to be put into another document. */
  get part(): Located {
    return this.#part
  }

  /** How many levels above the entity that it stands at it was written. */
  get up(): number {
    return this.#part.up ?? 0
  }

  /** The value when it is a text. */
  get text(): string | undefined {
    return typeof this.value === 'string' ? this.value : undefined
  }

  /** The value when it is a number. */
  get number(): number | undefined {
    return typeof this.value === 'number' ? this.value : undefined
  }

  /** A text, or a number as it is written: what versions are. */
  get word(): string | undefined {
    return this.text ?? this.#part.written ?? this.number?.toString()
  }

  /** The value when it is true or false. */
  get flag(): boolean | undefined {
    return typeof this.value === 'boolean' ? this.value : undefined
  }

  get isMap(): boolean {
    return isJsonObject(this.value)
  }

  get isList(): boolean {
    return Array.isArray(this.value)
  }

  /** The last step of the path: a key, or a position in a list; '' for the root. */
  get key(): string {
    return String(this.path.at(-1) ?? '')
  }

  get pointer(): string {
    return pointerOf(this.path)
  }

  /** Where the value is written. */
  get place(): SourcePlace {
    return { file: this.document.file, range: this.#part.range }
  }

  /** Where its key is written; the value's own place in a list. */
  get keyPlace(): SourcePlace {
    return { file: this.document.file, range: this.#part.keyRange ?? this.#part.range }
  }

  /** Where `length` characters of the text at `offset` are written; the whole value unless it is plainly on one line. */
  placeInside(offset: number, length: number): SourcePlace {
    if (!this.#part.plain) return this.place
    const { start, end } = this.#part.range
    const column = Math.min(start.column + offset, end.column - 1)
    const stop = Math.min(column + Math.max(1, length), end.column)
    return {
      file: this.document.file,
      range: { start: { line: start.line, column }, end: { line: start.line, column: stop } },
    }
  }

  /** The value under a key of a map; undefined when there is none, or nothing is written there. */
  get(key: string): DocumentNode | undefined {
    if (!this.isMap) return undefined
    const part = this.#part.parts.get(key)
    if (part === undefined || part.value === null) return undefined
    return new DocumentNode(this.document, [...this.path, key], part)
  }

  /** The value that keys and positions lead to, or the nearest around it that there is. */
  nearest(steps: readonly string[]): DocumentNode {
    const [step, ...rest] = steps
    const found = step === undefined ? undefined : this.#below().find(([key]) => key === step)
    return found === undefined ? this : found[1].nearest(rest)
  }

  /** The keys of a map in document order; none for other values. */
  entries(): readonly (readonly [string, DocumentNode])[] {
    return this.isMap ? this.#below() : []
  }

  /** The items of a list; none for other values. */
  items(): readonly DocumentNode[] {
    return this.isList ? this.#below().map(([, node]) => node) : []
  }

  #below(): readonly (readonly [string, DocumentNode])[] {
    return [...this.#part.parts].map(([key, part]) => [
      key,
      new DocumentNode(this.document, [...this.path, key], part),
    ])
  }
}

/** The value under a key; undefined when there is none. */
export function nodeAt(node: DocumentNode | undefined, key: string): DocumentNode | undefined {
  return node?.get(key)
}

/** The text under a key; undefined when there is none. */
export function textAt(node: DocumentNode | undefined, key: string): string | undefined {
  return node?.get(key)?.text
}

/** The number under a key; undefined when there is none. */
export function numberAt(node: DocumentNode | undefined, key: string): number | undefined {
  return node?.get(key)?.number
}
