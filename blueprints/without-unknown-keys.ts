import type { Problem, Range } from '../engine/index.js'
import { type Located, SourceDocument } from './read/document.js'
import { listPart, mapPart } from './read/graft.js'

/** A document without some of its keys, and what was said of those. */
export interface Lenient {
  readonly document: SourceDocument
  /** Warnings, one for each key that was left out. */
  readonly warnings: readonly Problem[]
}

/**
 * A document without the keys that nobody knows, which are warnings then; undefined where it has none. An unknown key that
 * stands in another document stays the error that it is.
 */
export function withoutUnknownKeys(
  document: SourceDocument,
  problems: readonly Problem[],
): Lenient | undefined {
  const unknown = new Map(
    problems.flatMap((one) =>
      one.code === 'BP1103' && one.file === document.file && one.range !== undefined
        ? [[placeOf(one.range), one] as const]
        : [],
    ),
  )
  const left = new Set<Problem>()
  const root = unknown.size === 0 ? document.root : pruned(document.root, unknown, left)
  if (left.size === 0) return undefined
  const warnings = [...left].map((one): Problem => ({ ...one, severity: 'warning' }))
  return { document: new SourceDocument(document.file, root), warnings }
}

function pruned(part: Located, unknown: ReadonlyMap<string, Problem>, left: Set<Problem>): Located {
  const entries: [string, Located][] = []
  for (const [key, child] of part.parts) {
    const problem = child.keyRange === undefined ? undefined : unknown.get(placeOf(child.keyRange))
    if (problem === undefined) entries.push([key, pruned(child, unknown, left)])
    else left.add(problem)
  }
  const isSame =
    entries.length === part.parts.size && entries.every(([key, child]) => part.parts.get(key) === child)
  if (isSame) return part
  return Array.isArray(part.value)
    ? listPart(
        entries.map(([, child]) => child),
        part,
      )
    : mapPart(entries, part)
}

function placeOf({ start, end }: Range): string {
  return `${start.line}:${start.column}-${end.line}:${end.column}`
}
