import { type JsonObject, isJsonObject } from '../../../../engine/index.js'
import type { TranslationDesk } from '../../../dialect.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { type PlainConstraint, constraintOf } from '../../../resolve/constraints.js'
import { suggestionFor } from '../../../suggest.js'
import { plainCopy } from '../../../read/plain-copy.js'
import { isPredicateKey, readPredicate } from '../language/predicates.js'
import { present } from '../../../resolve/present.js'

/** What the constraints of a parameter say: whether it must have a value, and what that must be like. */
export interface ReadConstraints {
  readonly required: boolean
  readonly constraints: readonly JsonObject[]
}

/** The constraints under a key: a list, or one alone. */
export function readConstraints(node: DocumentNode | undefined, desk: TranslationDesk): ReadConstraints {
  if (node === undefined) return { required: false, constraints: [] }
  const items = node.isList ? node.items() : [node]
  return {
    required: items.some((item) => item.text === 'required' || item.get('required')?.flag === true),
    constraints: items
      .filter((item) => item.text !== 'required')
      .flatMap((item) => readConstraint(item, desk)),
  }
}

/** Words that take nothing. */
const ALONE: { readonly [word: string]: JsonObject } = {
  required: { blank: false },
  isBlank: { blank: true },
  isNonBlank: { blank: false },
  urlExists: { urlExists: true },
  true: { always: true },
  false: { always: false },
  alwaysTrue: { always: true },
  alwaysFalse: { always: false },
}

/** Brooklyn's words for constraints, and the engine's. */
const WORDS: { readonly [word: string]: PlainConstraint } = {
  regex: 'pattern',
  pattern: 'pattern',
  glob: 'glob',
  oneOf: 'oneOf',
  min: 'min',
  max: 'max',
  isBlank: 'blank',
  urlExists: 'urlExists',
  forbiddenIf: 'forbiddenIf',
  forbiddenUnless: 'forbiddenUnless',
  forbiddenUnlessAnyOf: 'forbiddenUnless',
  requiredIf: 'requiredIf',
  requiredUnless: 'requiredUnless',
  requiredUnlessAnyOf: 'requiredUnless',
}

/** Words that take a list of constraints. */
const COMBINED: { readonly [word: string]: 'any' | 'all' } = { any: 'any', or: 'any', all: 'all', and: 'all' }

const OBJECT = '$brooklyn:object'

function readConstraint(node: DocumentNode, desk: TranslationDesk): readonly JsonObject[] {
  const alone = node.text ?? (node.flag === undefined ? undefined : String(node.flag))
  if (alone !== undefined) return readAlone(alone, node, desk)
  if (node.get(OBJECT) !== undefined) return unchecked('a predicate made in Java', node, desk)
  const entries = node.entries()
  const tests = entries.filter(([word]) => !isConstraintWord(word))
  const wrong = tests.find(([word]) => !isPredicateKey(word))
  if (wrong !== undefined) return unknownWord(wrong[0], wrong[1], desk)
  const named = entries.filter(([word]) => isConstraintWord(word))
  if (tests.length === 0) return named.flatMap(([word, value]) => readNamed(word, value, desk))
  const test = readPredicate(node, desk)
  return test === undefined ? [] : [desk.origins.mark({ test: test }, node.place)]
}

function isConstraintWord(word: string): boolean {
  return word === 'required' || Object.hasOwn(WORDS, word) || Object.hasOwn(COMBINED, word)
}

function readAlone(word: string, node: DocumentNode, desk: TranslationDesk): readonly JsonObject[] {
  const constraint = Object.hasOwn(ALONE, word) ? ALONE[word] : undefined
  if (constraint === undefined) return unknownWord(word, node, desk)
  if (constraint['urlExists'] === true) unchecked('whether a URL exists', node, desk)
  return [desk.origins.mark({ ...constraint }, node.place)]
}

function readNamed(word: string, node: DocumentNode, desk: TranslationDesk): readonly JsonObject[] {
  if (word === 'required') return []
  const combined = COMBINED[word]
  if (combined !== undefined) return readCombined(combined, node, desk)
  const known = WORDS[word]
  if (known === undefined) return []
  if (known === 'urlExists' && node.flag !== false) unchecked('whether a URL exists', node, desk)
  const plain = plainCopy(node.value)
  const limit = RELATIONS.has(known) && !Array.isArray(plain) ? [plain] : plain
  return constraintOf(known, limit, node, desk)
}

const RELATIONS: ReadonlySet<string> = new Set([
  'forbiddenIf',
  'forbiddenUnless',
  'requiredIf',
  'requiredUnless',
])

function readCombined(word: 'any' | 'all', node: DocumentNode, desk: TranslationDesk): readonly JsonObject[] {
  if (!node.isList) {
    desk.report('BP1102', 'this constraint needs a list of constraints', node, {
      hint: 'e.g. [required, { regex: "[a-z]+" }]',
    })
    return []
  }
  // Several words in one item must all hold.
  const items = node.items().map((item): JsonObject => {
    const made = readConstraint(item, desk)
    const [only] = made
    return made.length === 1 && isJsonObject(only) ? only : { all: made }
  })
  return [desk.origins.mark({ [word]: items }, node.place)]
}

function unchecked(what: string, node: DocumentNode, desk: TranslationDesk): readonly JsonObject[] {
  desk.report('BP1706', `${what} is not checked here`, node, {
    severity: 'warning',
    hint: 'the value is accepted as it is',
  })
  return []
}

function unknownWord(word: string, node: DocumentNode, desk: TranslationDesk): readonly JsonObject[] {
  const known = [
    ...new Set([...Object.keys(ALONE).slice(0, 4), ...Object.keys(WORDS), ...Object.keys(COMBINED)]),
  ]
  const hint = suggestionFor(word, known)
  const place = node.text === undefined && node.flag === undefined ? node.keyPlace : node.place
  desk.reportAt('BP1105', `there is no constraint "${word}"`, place, {
    pointer: node.pointer,
    ...present({ hint }),
  })
  return []
}
