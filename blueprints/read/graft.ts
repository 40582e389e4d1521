import type { Json } from '../../engine/index.js'
import { type Located, type SourceDocument, bareObject } from './document.js'

/** A part that keeps the document it was written in, wherever it is put. */
export function withSource(part: Located, document: SourceDocument): Located {
  return part.from === undefined ? { ...part, from: document } : part
}

/** A part of another one, which keeps the document that the other one was written in. */
export function tagged(child: Located, parent: Located): Located {
  return parent.from === undefined ? child : withSource(child, parent.from)
}

/** A map of these parts, written where `place` is. */
export function mapPart(entries: Iterable<readonly [string, Located]>, place: Located): Located {
  const parts = new Map(entries)
  const value = bareObject()
  for (const [key, part] of parts) value[key] = part.value
  return { ...standing(place), value, plain: false, parts }
}

/** A list of these parts, written where `place` is. */
export function listPart(items: readonly Located[], place: Located): Located {
  const parts = new Map(items.map((item, at) => [String(at), item]))
  return { ...standing(place), value: items.map((item) => item.value), plain: false, parts }
}

/** A value of its own, written where `place` is. */
export function valuePart(value: Json, place: Located): Located {
  return { ...standing(place), value, plain: false, parts: new Map() }
}

/** The same part, or one whose parts are changed where `change` gives another one. */
export function changed(part: Located, change: (key: string, child: Located) => Located): Located {
  const entries = [...part.parts].map(([key, child]) => [key, change(key, child)] as const)
  if (entries.every(([key, child]) => part.parts.get(key) === child)) return part
  return Array.isArray(part.value)
    ? listPart(
        entries.map(([, child]) => child),
        part,
      )
    : mapPart(entries, part)
}

/** A value that is put one level further down than it is, with all that is in it. */
export function raised(part: Located): Located {
  const parts = new Map([...part.parts].map(([key, child]) => [key, raised(child)]))
  return { ...part, parts, up: (part.up ?? 0) + 1 }
}

function standing({ range, keyRange, from }: Located): Pick<Located, 'range' | 'keyRange' | 'from'> {
  return {
    range,
    ...(keyRange === undefined ? {} : { keyRange }),
    ...(from === undefined ? {} : { from }),
  }
}

/** Whether it is a map. */
export function isMapPart(part: Located | undefined): part is Located {
  return (
    part !== undefined && typeof part.value === 'object' && part.value !== null && !Array.isArray(part.value)
  )
}

/** The text of a part; undefined when it is none. */
export function textOfPart(part: Located | undefined): string | undefined {
  return typeof part?.value === 'string' ? part.value : undefined
}
