import { isJsonObject, type Json } from '../support/json.js'

/** A type by its name: `list<integer>` has the base `list` and one argument. */
interface ReadType {
  readonly base: string
  readonly of: readonly ReadType[]
}

/** Whether values of a type are checked; data of any other is taken as it is. */
export function isKnownType(type: string): boolean {
  const read = readType(type)
  return read !== undefined && isKnown(read)
}

/** What is wrong with the type of a value, e.g. "must be a whole number"; undefined when it fits. */
export function typeFault(type: string, value: Json): string | undefined {
  const read = readType(type)
  return read === undefined ? undefined : faultOf(read, value)
}

/** A value that was written as text, or inside a text, where another type is asked for; itself where it cannot be that. */
export function typedValue(type: string, value: Json): Json {
  const read = readType(type)
  return read === undefined ? value : typed(read, value)
}

const MOST_CHARACTERS = 200

function readType(text: string): ReadType | undefined {
  if (text.length > MOST_CHARACTERS) return undefined
  const found = /^\s*([^<>,]+?)\s*(?:<(.*)>)?\s*$/.exec(text)
  if (found === null) return undefined
  const parts = found[2] === undefined ? [] : splitArguments(found[2]).map(readType)
  const of = parts.filter((part) => part !== undefined)
  return of.length < parts.length ? undefined : { base: found[1] ?? '', of }
}

function splitArguments(text: string): readonly string[] {
  const parts = ['']
  let depth = 0
  for (const character of text) {
    if (character === '<') depth += 1
    if (character === '>') depth -= 1
    if (character === ',' && depth === 0) parts.push('')
    else parts[parts.length - 1] = `${parts.at(-1) ?? ''}${character}`
  }
  return parts
}

function isKnown({ base, of }: ReadType): boolean {
  return Object.hasOwn(RULES, base) && of.every(isKnown)
}

function faultOf({ base, of }: ReadType, value: Json): string | undefined {
  const rule = Object.hasOwn(RULES, base) ? RULES[base] : undefined
  if (rule === undefined) return undefined
  if (!rule.fits(value)) return `must be ${rule.words}`
  const within = of.at(-1)
  if (within === undefined || typeof value !== 'object' || value === null) return undefined
  for (const [key, part] of Object.entries(value)) {
    const fault = faultOf(within, part)
    if (fault !== undefined)
      return `${fault} at ${Array.isArray(value) ? Number(key) + 1 : `"${key.slice(0, 60)}"`}`
  }
  return undefined
}

function typed(type: ReadType, value: Json): Json {
  const own = typeof value === 'string' ? (TYPED[type.base]?.(value) ?? value) : value
  const within = type.of.at(-1)
  if (within === undefined) return own
  if (Array.isArray(own)) return (own as readonly Json[]).map((item) => typed(within, item))
  if (!isJsonObject(own)) return own
  return Object.fromEntries(Object.entries(own).map(([key, item]) => [key, typed(within, item)]))
}

const TYPED: { readonly [base: string]: (text: string) => Json | undefined } = {
  boolean: (text) => (/^true$/i.test(text) ? true : /^false$/i.test(text) ? false : undefined),
  integer: numberFrom,
  float: numberFrom,
  port: numberFrom,
  map: (text) => parsed(text, '{'),
  list: (text) => parsed(text, '['),
}

function numberFrom(text: string): number | undefined {
  return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined
}

function parsed(text: string, first: '{' | '['): Json | undefined {
  if (!text.trimStart().startsWith(first)) return undefined
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

interface Rule {
  readonly fits: (value: Json) => boolean
  readonly words: string
}

const TEXT: Rule = { fits: isPlain, words: 'a text' }

const RULES: { readonly [base: string]: Rule } = {
  string: TEXT,
  secret: TEXT,
  integer: { fits: Number.isInteger, words: 'a whole number' },
  float: { fits: (value) => typeof value === 'number', words: 'a number' },
  boolean: { fits: (value) => typeof value === 'boolean', words: 'true or false' },
  duration: {
    fits: (value) =>
      typeof value === 'number' ? value >= 0 : typeof value === 'string' && DURATION.test(value),
    words: 'a duration such as 5s',
  },
  timestamp: { fits: isTimestamp, words: 'a time such as 2030-12-31T23:59:59Z' },
  port: {
    fits: isPort,
    words: 'a port from 1 to 65535, or ports to choose from such as 8080+ or 8080-8090',
  },
  map: { fits: isJsonObject, words: 'a map' },
  list: { fits: (value) => Array.isArray(value), words: 'a list' },
  any: { fits: () => true, words: 'anything' },
}

/** Begins as one; or says that there is no end to it. */
const DURATION = /^(?:[0-9PpTt]|(?:practically[ _]?)?forever$|never$)/i

/** A number, or several with commas between them, each of which may be the first of a range. */
function isPort(value: Json): boolean {
  if (typeof value !== 'number' && typeof value !== 'string') return false
  return String(value)
    .split(',')
    .every((part) => {
      const [, first, last = first] = /^\s*(\d{1,5})(?:[+]|\s*-\s*(\d{1,5}))?\s*$/.exec(part) ?? []
      return Number(first) >= 1 && Number(first) <= Number(last) && Number(last) <= 65_535
    })
}

function isPlain(value: Json): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

/** Milliseconds since 1970; or a day, with a time of it or not, with a zone or not. */
function isTimestamp(value: Json): boolean {
  if (typeof value === 'number') return Number.isInteger(value)
  const found = typeof value === 'string' ? TIME.exec(value) : null
  if (found === null) return false
  const [year = 0, month = 0, day = 0] = found.slice(1, 4).map(Number)
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate()
  return month >= 1 && month <= 12 && day >= 1 && day <= days
}

const TIME =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.]\d{1,9})?)?\s?(?:Z|[+-]\d\d:?\d\d)?)?$/
