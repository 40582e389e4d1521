import { type Json, type JsonObject, isJsonObject } from '../../../../engine/index.js'
import type { TranslationDesk } from '../../../dialect.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { type PlainConstraint, constraintOf } from '../../../resolve/constraints.js'
import { suggestionFor } from '../../../suggest.js'
import { plainCopy } from '../../../read/plain-copy.js'
import { expressionsIn, isPredicateKey, readPredicate } from '../language/predicates.js'
import { readReadyConstraint } from './ready-constraints.js'
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
    required: items.some(isRequired),
    constraints: items.flatMap((item) => (isRequired(item) ? [] : readConstraint(item, desk))),
  }
}

/** `required`, `required()`, or a map that says so beside nothing else that is tested. */
function isRequired(node: DocumentNode): boolean {
  if (node.text !== undefined) return called(node.text)?.word === 'required'
  const [[word, value] = ['', node], ...others] = node.entries()
  return word === 'required' && others.length === 0 && value.flag !== false
}

/** Words that take nothing. */
const ALONE: { readonly [word: string]: JsonObject } = {
  required: { blank: false },
  isBlank: { blank: true },
  isNonBlank: { blank: false },
  notNull: { test: { kind: 'when', state: 'present_non_null' } },
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

/** Other names of these, by which Brooklyn shows constraints and reads them again. */
const SAME: { readonly [word: string]: string } = {
  matchesRegex: 'regex',
  matchesGlob: 'glob',
  'Predicates.notNull': 'notNull',
  'Predicates.alwaysTrue': 'alwaysTrue',
  'Predicates.alwaysFalse': 'alwaysFalse',
  'Predicates.or': 'any',
  'Predicates.and': 'all',
}

/** Words that take a list of constraints. */
const COMBINED: { readonly [word: string]: 'any' | 'all' } = { any: 'any', or: 'any', all: 'all', and: 'all' }

const OBJECT = '$brooklyn:object'

function readConstraint(node: DocumentNode, desk: TranslationDesk): readonly JsonObject[] {
  if (node.isList) return readCombined('all', node, desk)
  const alone = node.text ?? (node.flag === undefined ? undefined : String(node.flag))
  if (alone !== undefined) return readText(alone, node, desk)
  if (node.get(OBJECT) !== undefined) return readObject(node, desk)
  const entries = node.entries().map(([word, value]) => [meant(word), value] as const)
  const tests = entries.filter(([word]) => !isConstraintWord(word))
  const wrong = tests.find(([word]) => !isPredicateKey(word))
  if (wrong !== undefined) return unknownWord(wrong[0], wrong[1], desk)
  const named = entries.filter(([word]) => isConstraintWord(word))
  if (tests.length === 0) return named.flatMap(([word, value]) => readNamed(word, value, desk))
  const [asked] = expressionsIn(node)
  if (asked !== undefined) {
    const hint = 'a value is checked before anything runs: write a plain one'
    desk.report('BP1308', 'a constraint cannot hold an expression', asked, { hint })
    return []
  }
  const test = readPredicate(node, desk)
  return test === undefined ? [] : [desk.origins.mark({ test: test }, node.place)]
}

function meant(word: string): string {
  return Object.hasOwn(SAME, word) ? (SAME[word] ?? word) : word
}

/** `name`, or `name()` and `name("argument")`, as Brooklyn shows a constraint; undefined where it is none of these. */
function called(text: string): { readonly word: string; readonly argument?: string } | undefined {
  const found = /^([\w.-]+)(?:\(\s*(?:"([^"]*)"|'([^']*)'|([\w.-]+))?\s*\))?$/.exec(text.trim())
  if (found === null) return undefined
  return { word: meant(found[1] ?? ''), ...present({ argument: found[2] ?? found[3] ?? found[4] }) }
}

function readText(text: string, node: DocumentNode, desk: TranslationDesk): readonly JsonObject[] {
  const call = called(text)
  if (call?.argument === undefined) return readAlone(call?.word ?? text, node, desk)
  const known = Object.hasOwn(WORDS, call.word) ? WORDS[call.word] : undefined
  if (known === undefined) return unknownWord(text, node, desk)
  return constraintOf(known, RELATIONS.has(known) ? [call.argument] : call.argument, node, desk)
}

function readObject(node: DocumentNode, desk: TranslationDesk): readonly JsonObject[] {
  const object = node.get(OBJECT)
  const ready = object === undefined ? undefined : readReadyConstraint(object)
  if (ready === undefined) return unchecked('a predicate made in Java', node, desk)
  if (ready['urlExists'] === true) unchecked('whether a URL exists', node, desk)
  return [desk.origins.mark(ready, node.place)]
}

function isConstraintWord(word: string): boolean {
  return [ALONE, WORDS, COMBINED].some((words) => Object.hasOwn(words, word))
}

function readAlone(word: string, node: DocumentNode, desk: TranslationDesk): readonly JsonObject[] {
  const constraint = Object.hasOwn(ALONE, word) ? ALONE[word] : undefined
  if (constraint === undefined) return unknownWord(word, node, desk)
  if (constraint['urlExists'] === true) unchecked('whether a URL exists', node, desk)
  return [desk.origins.mark({ ...constraint }, node.place)]
}

function readNamed(word: string, node: DocumentNode, desk: TranslationDesk): readonly JsonObject[] {
  const combined = Object.hasOwn(COMBINED, word) ? COMBINED[word] : undefined
  if (combined !== undefined) return readCombined(combined, node, desk)
  const isEmpty = node.value === null || (node.isList && node.items().length === 0)
  if (isEmpty && Object.hasOwn(ALONE, word)) return readAlone(word, node, desk)
  const known = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined
  if (known !== undefined) return readArgument(known, node, desk)
  return node.flag === false ? [] : readAlone(word, node, desk)
}

/** The one argument of a constraint may stand in a list, as Brooklyn writes it. */
function readArgument(
  word: PlainConstraint,
  node: DocumentNode,
  desk: TranslationDesk,
): readonly JsonObject[] {
  if (word === 'urlExists' && node.flag !== false) unchecked('whether a URL exists', node, desk)
  const plain = plainCopy(node.value)
  const listed: readonly Json[] = Array.isArray(plain) ? plain : [plain]
  const [only = null] = listed
  if (RELATIONS.has(word)) return constraintOf(word, listed, node, desk)
  return constraintOf(word, word !== 'oneOf' && listed.length === 1 ? only : plain, node, desk)
}

const RELATIONS: ReadonlySet<string> = new Set([
  'forbiddenIf',
  'forbiddenUnless',
  'requiredIf',
  'requiredUnless',
])

function readCombined(word: 'any' | 'all', node: DocumentNode, desk: TranslationDesk): readonly JsonObject[] {
  // Several words in one item must all hold; what is alone is a list of one.
  const items = (node.isList ? node.items() : [node]).map((item): JsonObject => {
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
