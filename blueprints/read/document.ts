import type { Json, JsonObject, SourcePlace } from '../../engine/index.js'
import type { Range } from '../../engine/index.js'

/** Keys and positions from the root of a document to a value in it. */
export type Path = readonly (string | number)[]

/** A value with the places of all its parts. Repeated parts (aliases) are shared. */
export interface Located {
  readonly value: Json
  /** Of the value's own text. */
  readonly range: Range
  /** Of the key in front of it, where it is in a map. */
  readonly keyRange?: Range
  /** Whether the value is written plainly on one line, so that positions inside it can be counted. */
  readonly plain: boolean
  /** A number as it is written, where that is not how it is printed: `1.10`. */
  readonly written?: string
  /** In document order; empty for scalars. List items are under their number. */
  readonly parts: ReadonlyMap<string, Located>
  /** The document that it and all below it were written in, where that is not the one around it. */
  readonly from?: SourceDocument
  /** How many levels above the entity that it stands at it was written. @default 0 */
  readonly up?: number
}

/** A document that could be read: plain values, and where each was written. */
export class SourceDocument {
  readonly file: string
  readonly root: Located

  constructor(file: string, root: Located) {
    this.file = file
    this.root = root
  }

  get value(): Json {
    return this.root.value
  }

  /** The part at a path; undefined when there is none. */
  part(path: Path): Located | undefined {
    let at: Located | undefined = this.root
    for (const step of path) at = at?.parts.get(String(step))
    return at
  }

  /** Where the value at a path is written; the nearest part above it where there is no such value. */
  place(path: Path): SourcePlace {
    const { file, part } = this.#nearest(path)
    return { file, range: part.range }
  }

  /** Where the key that leads to a path is written; the value's own place in a list. */
  keyPlace(path: Path): SourcePlace {
    const { file, part } = this.#nearest(path)
    return { file, range: part.keyRange ?? part.range }
  }

  #nearest(path: Path): { readonly file: string; readonly part: Located } {
    let part = this.root
    let document: SourceDocument = part.from ?? this
    for (const step of path) {
      const next = part.parts.get(String(step))
      if (next === undefined) break
      part = next
      document = part.from ?? document
    }
    return { file: document.file, part }
  }
}

/** The JSON pointer of a path. */
export function pointerOf(path: Path): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** The path of a JSON pointer. */
export function pathOf(pointer: string): Path {
  if (pointer === '') return []
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** An object without a prototype, so that no key means anything of its own. */
export function bareObject(): { [key: string]: Json } {
  return Object.create(null) as { [key: string]: Json } & JsonObject
}
