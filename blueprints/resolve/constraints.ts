import { type ConstraintWord, type Json, type JsonObject, Pattern, globFault } from '../../engine/index.js'
import type { TranslationDesk } from '../dialect.js'
import type { DocumentNode } from '../read/document-node.js'

/** Constraints that are told by one plain value. */
export type PlainConstraint = Exclude<ConstraintWord, 'any' | 'all' | 'test'>

/** One constraint of a parameter in the engine's words; none, and a problem, where it could never be checked. */
export function constraintOf(
  word: PlainConstraint,
  limit: Json,
  node: DocumentNode,
  desk: TranslationDesk,
): readonly JsonObject[] {
  const { fits, words, hint } = LIMITS[word]
  if (!fits(limit)) {
    desk.report('BP1102', `this constraint needs ${words}`, node, { hint })
    return []
  }
  const error = textError(word, limit)
  if (error !== undefined) {
    desk.report('BP1705', `the pattern cannot be used: ${error}`, node, {
      hint: 'look-around and back references do not exist',
    })
    return []
  }
  return [desk.origins.mark({ [word]: limit }, node.place)]
}

/** What is wrong with the text of a pattern; undefined where it can be used. */
export function patternError(text: string): string | undefined {
  const compiled = Pattern.compile(text)
  return 'error' in compiled ? compiled.error : undefined
}

/** Names of other parameters that a constraint refers to. */
export function namesIn(constraint: JsonObject): readonly string[] {
  return Object.entries(constraint).flatMap(([word, limit]) => {
    if (!Array.isArray(limit)) return []
    const items: readonly Json[] = limit
    if (word === 'any' || word === 'all') return items.flatMap((one) => namesIn(one as JsonObject))
    return RELATIONS.has(word) ? items.filter((name) => typeof name === 'string') : []
  })
}

const RELATIONS: ReadonlySet<string> = new Set([
  'forbiddenIf',
  'forbiddenUnless',
  'requiredIf',
  'requiredUnless',
])

function textError(word: PlainConstraint, limit: Json): string | undefined {
  if (typeof limit !== 'string') return undefined
  if (word === 'pattern') return patternError(limit)
  return word === 'glob' ? globFault(limit) : undefined
}

interface Limit {
  readonly fits: (limit: Json) => boolean
  readonly words: string
  readonly hint: string
}

const NUMBER: Limit = { fits: (limit) => typeof limit === 'number', words: 'a number', hint: 'e.g. 1' }
const TEXT: Limit = { fits: (limit) => typeof limit === 'string', words: 'a text', hint: 'e.g. "[a-z]+"' }
const FLAG: Limit = { fits: (limit) => typeof limit === 'boolean', words: 'true or false', hint: 'e.g. true' }
const NAMES: Limit = {
  fits: (limit) =>
    Array.isArray(limit) && limit.length > 0 && limit.every((name) => typeof name === 'string'),
  words: 'the name of a parameter, or a list of them',
  hint: 'e.g. user',
}

const LIMITS: { readonly [word in PlainConstraint]: Limit } = {
  pattern: TEXT,
  glob: { ...TEXT, hint: 'e.g. "*.example.com"' },
  oneOf: { fits: Array.isArray, words: 'a list', hint: 'e.g. [small, large]' },
  min: NUMBER,
  max: NUMBER,
  blank: FLAG,
  always: FLAG,
  urlExists: FLAG,
  forbiddenIf: NAMES,
  forbiddenUnless: NAMES,
  requiredIf: NAMES,
  requiredUnless: NAMES,
}
