import { type JsonObject, isJsonObject } from '../../../engine/index.js'
import type { Reply } from '../message.js'
import { refuse } from '../refusals.js'
import { attributesOf } from './type-table.js'

/** The attributes that a call is about; no names: all of them. */
export interface Selection {
  readonly kind: 'selection'
  readonly names?: readonly string[]
}

/** The attributes that `select_attr` names, or the refusal of names that the resource cannot have. */
export function selectionOf(
  query: { readonly [name: string]: string },
  shown: JsonObject,
): Selection | Reply {
  const { select_attr: asked } = query
  if (asked === undefined) return { kind: 'selection' }
  const names = asked
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const { type = null } = shown
  const known = new Set([
    ...Object.keys(shown),
    ...Object.keys(attributesOf(typeof type === 'string' ? type : '')),
  ])
  const strange = names.filter((name) => !known.has(name))
  if (strange.length === 0 && names.length > 0) return { kind: 'selection', names }
  const said = `select_attr: ${strange.join(', ') || 'nothing'}; there are ${[...known].join(', ')}.`
  return refuse('invalid-request', said)
}

/** The selected attributes of what is shown. */
export function selected(shown: JsonObject, { names }: Selection): JsonObject {
  if (names === undefined) return shown
  return Object.fromEntries(Object.entries(shown).filter(([key]) => names.includes(key)))
}

/** An answer with the selected attributes alone. */
export function selectedReply(query: { readonly [name: string]: string }, answer: Reply): Reply {
  if (answer.status !== 200) return answer
  // Resources of CAMP are maps; what is none is not selected from.
  const shown = answer.body as JsonObject
  if (!isJsonObject(shown)) return answer
  const selection = selectionOf(query, shown)
  return selection.kind === 'reply' ? selection : { ...answer, body: selected(shown, selection) }
}
