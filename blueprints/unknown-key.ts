import type { ProblemExtras } from './problems.js'
import type { TranslationDesk } from './dialect.js'
import type { DocumentNode } from './read/document-node.js'
import { present } from './resolve/present.js'
import { nearestName, suggestionFor } from './suggest.js'

/** Notes that a key is not known where it stands, with the one of `free` that was probably meant; `of`: what it is a key of. */
export function reportUnknownKey(
  desk: TranslationDesk,
  node: DocumentNode,
  free: readonly string[],
  of = '',
): void {
  const { key, keyPlace, pointer } = node
  const extras: ProblemExtras = { pointer, ...present({ hint: suggestionFor(key, free) }) }
  const near = nearestName(key, free)
  const fix =
    near === undefined
      ? {}
      : { fix: { title: `Change "${key}" to "${near}"`, edits: [{ range: keyPlace.range, text: near }] } }
  desk.reportAt('BP1103', `unknown key "${key}"${of === '' ? '' : ` of ${of}`}`, keyPlace, {
    ...extras,
    ...fix,
  })
}

/** The key of a map that was probably meant to be one of `names`, none of which is there; undefined where none resembles one. */
export function misspeltKey(map: DocumentNode, names: readonly string[]): DocumentNode | undefined {
  if (names.some((name) => map.get(name) !== undefined)) return undefined
  return map.entries().find(([key]) => nearestName(key, names) !== undefined)?.[1]
}
