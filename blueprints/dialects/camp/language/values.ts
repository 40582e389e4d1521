import {
  type EntityReference,
  type Expression,
  type Json,
  FORMAT_LETTERS,
  Pattern,
  formatMarks,
  isJsonObject,
  literal,
} from '../../../../engine/index.js'
import { suggestionFor } from '../../../suggest.js'
import { type Made, argumentFault, textOf, warningOf } from './made.js'
import { freemarkerParts } from './freemarker.js'
import { readyFunction } from './ready-functions.js'

/** `formatString(pattern, …)`. */
export function formatString(values: readonly Expression[]): Made {
  const [pattern, ...rest] = values
  const text = textOf(pattern)
  if (text === undefined)
    return argumentFault('formatString begins with a text', 'e.g. formatString("http://%s", config("host"))')
  const marks = formatMarks(text)
  const other = marks.find(({ letter }) => letter === '' || !`${FORMAT_LETTERS}%n`.includes(letter))
  if (other !== undefined)
    return argumentFault(`formatString does not know "${other.written}"`, 'use %s, or %% for a percent sign')
  const taking = marks.filter(({ letter }) => FORMAT_LETTERS.includes(letter))
  const inOrder = taking.filter(({ position }) => position === undefined).length
  const asked = Math.max(inOrder, ...taking.map(({ position }) => position ?? 0))
  if (asked !== rest.length)
    return argumentFault(
      `the text asks for ${asked} values, and there are ${rest.length}`,
      'give one value for each %s',
    )
  return { kind: 'value', expression: { kind: 'format', pattern: text, arguments: rest } }
}

/** `urlEncode(x)`. */
export function urlEncoded(values: readonly Expression[]): Made {
  if (values.length !== 1) return argumentFault('urlEncode takes one value', 'e.g. urlEncode(config("name"))')
  return { kind: 'value', expression: { kind: 'apply', function: 'url-encode', arguments: values } }
}

/** `regexReplacement(source, pattern, replacement)`; without the source it is a function, as data. */
export function replaced(count: 2 | 3): (values: readonly Expression[]) => Made {
  return (values) => {
    const [pattern, replacement] = values.slice(-2)
    if (values.length !== count || pattern === undefined || replacement === undefined)
      return argumentFault(
        `${count === 2 ? 'a pattern and a replacement' : 'a text, a pattern and a replacement'} are needed`,
        'e.g. regexReplacement(config("url"), "^http:", "https:")',
      )
    const wrong = patternFault(textOf(pattern))
    if (wrong !== undefined) return wrong
    if (count === 3)
      return { kind: 'value', expression: { kind: 'apply', function: 'replace', arguments: values } }
    const entries = { function: literal('replace'), pattern, replacement }
    return { kind: 'value', expression: { kind: 'map', entries } }
  }
}

function patternFault(pattern: string | undefined): Made | undefined {
  const compiled = pattern === undefined ? undefined : Pattern.compile(pattern)
  if (compiled === undefined || 'pattern' in compiled) return undefined
  const hint = 'patterns have no look-around and no back references'
  return { ...argumentFault(`the pattern cannot be used: ${compiled.error}`, hint), code: 'BP1705' }
}

/** `template(text[, substitutions])`: what Freemarker says with `${a.b}`; nothing else of its language. */
export function templated(of: EntityReference, values: readonly Expression[]): Made {
  const [written, given, ...more] = values
  const text = textOf(written)
  const substitutions = given === undefined ? {} : entriesOf(given)
  if (text === undefined || substitutions === undefined || more.length > 0)
    return argumentFault(
      'template takes a text that is written there, and a map of substitutions or none',
      'e.g. template("http://${config[\'host\']}/")',
    )
  const parts = freemarkerParts(text, substitutions, of)
  if ('message' in parts) return { ...argumentFault(parts.message, parts.hint), code: parts.code }
  return { kind: 'value', expression: { kind: 'format', pattern: parts.pattern, arguments: parts.values } }
}

/** Types of which `object` makes a value that is of use here: the one argument, as it is. */
const PLAIN_TYPES: ReadonlySet<string> = new Set([
  ...['String', 'Integer', 'Long', 'Double', 'Boolean'].map((name) => `java.lang.${name}`),
  ...['java.net.URI', 'java.net.URL', 'java.util.UUID'],
  'org.apache.brooklyn.util.time.Duration',
])

const OBJECT_KEYS = [
  ...['type', 'objectType', 'object_type', 'constructor.args', 'factoryMethod.name', 'factoryMethod.args'],
  ...['object.fields', 'brooklyn.config', 'deferred'],
]

/** `object(type)` or `object({type, …})`: a plain value where that is all that it is; else what is said of it, as data. */
export function madeObject(values: readonly Expression[]): Made {
  const [given] = values
  const name = textOf(given)
  const entries = name === undefined ? entriesOf(given) : { type: literal(name) }
  const type = entries === undefined ? undefined : typeNamed(entries)
  const example = 'e.g. { type: java.net.URI, constructor.args: [...] }'
  if (values.length !== 1 || entries === undefined || type === undefined)
    return argumentFault('object takes a map with a type', example)
  const unknown = Object.keys(entries).find((key) => !OBJECT_KEYS.includes(key))
  if (unknown !== undefined)
    return argumentFault(`object has no key "${unknown}"`, suggestionFor(unknown, OBJECT_KEYS) ?? example)
  return objectOf(type, entries)
}

type Entries = { readonly [key: string]: Expression }

function typeNamed(entries: Entries): string | undefined {
  return textOf(entries['type'] ?? entries['objectType'] ?? entries['object_type'])
}

function objectOf(type: string, entries: Entries): Made {
  const argument = onlyItem(entries['constructor.args'] ?? entries['factoryMethod.args'])
  if (PLAIN_TYPES.has(type) && argument !== undefined) return { kind: 'value', expression: argument }
  const ready = readyFunction(type, entries)
  if (ready !== undefined) return { kind: 'value', expression: ready }
  return {
    kind: 'value',
    expression: { kind: 'map', entries },
    warning: warningOf(`no object of type ${type} is made`, 'what is said of it is kept as data'),
  }
}

function onlyItem(list: Expression | undefined): Expression | undefined {
  const items = list === undefined ? [] : itemsOf(list)
  return items.length === 1 ? items[0] : undefined
}

function itemsOf(list: Expression): readonly Expression[] {
  if (list.kind === 'list') return list.items
  return list.kind === 'literal' && Array.isArray(list.value)
    ? (list.value as readonly Json[]).map(literal)
    : []
}

function entriesOf(map: Expression | undefined): Entries | undefined {
  if (map?.kind === 'map') return map.entries
  if (map?.kind !== 'literal' || !isJsonObject(map.value)) return undefined
  return Object.fromEntries(Object.entries(map.value).map(([key, value]) => [key, literal(value)]))
}
