import { type Json, type JsonObject, Pattern } from '../../engine/index.js'
import type { TranslationDesk } from '../dialect.js'
import type { DocumentNode } from '../read/document-node.js'

/** The engine's words for constraints. */
export type ConstraintWord = 'pattern' | 'oneOf' | 'min' | 'max'

/** One constraint of a parameter in the engine's words; none, and a problem, where it could never be checked. */
export function constraintOf(
  word: ConstraintWord,
  limit: Json,
  node: DocumentNode,
  desk: TranslationDesk,
): readonly JsonObject[] {
  const { fits, words, hint } = LIMITS[word]
  if (!fits(limit)) {
    desk.report('BP1102', `this constraint needs ${words}`, node, { hint })
    return []
  }
  const error = word === 'pattern' ? patternError(limit) : undefined
  if (error !== undefined) {
    desk.report('BP1705', `the pattern cannot be used: ${error}`, node, {
      hint: 'look-around and back references do not exist',
    })
    return []
  }
  return [desk.origins.mark({ [word]: limit }, node.place)]
}

function patternError(limit: Json): string | undefined {
  const compiled = typeof limit === 'string' ? Pattern.compile(limit) : undefined
  return compiled !== undefined && 'error' in compiled ? compiled.error : undefined
}

interface Limit {
  readonly fits: (limit: Json) => boolean
  readonly words: string
  readonly hint: string
}

const NUMBER: Limit = { fits: (limit) => typeof limit === 'number', words: 'a number', hint: 'e.g. 1' }

const LIMITS: { readonly [word in ConstraintWord]: Limit } = {
  pattern: { fits: (limit) => typeof limit === 'string', words: 'a text', hint: 'e.g. "[a-z]+"' },
  oneOf: { fits: Array.isArray, words: 'a list', hint: 'e.g. [small, large]' },
  min: NUMBER,
  max: NUMBER,
}
