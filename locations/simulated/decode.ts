import { isJsonObject, type Json } from '../../engine/index.js'

/** Reads a value of a configuration; what is wrong goes to `faults`, named by where it stands. */
export type Decode<T> = (value: Json, at: string, faults: string[]) => T | undefined

/** Reads a value that fits a test. */
export function decoded<T extends Json>(expected: string, fits: (value: Json) => value is T): Decode<T> {
  return (value, at, faults) => {
    if (fits(value)) return value
    faults.push(`${at}: expected ${expected}, found ${JSON.stringify(value)}`)
    return undefined
  }
}

export const text: Decode<string> = decoded('text', (value): value is string => typeof value === 'string')

export const flag: Decode<boolean> = decoded(
  'true or false',
  (value): value is boolean => typeof value === 'boolean',
)

export const number: Decode<number> = decoded('a number', isNumber)

export const amount: Decode<number> = decoded(
  'a number, not below 0',
  (value): value is number => isNumber(value) && value >= 0,
)

export const whole: Decode<number> = decoded(
  'a whole number, not below 0',
  (value): value is number => isNumber(value) && Number.isInteger(value) && value >= 0,
)

export const positive: Decode<number> = decoded(
  'a whole number, more than 0',
  (value): value is number => isNumber(value) && Number.isInteger(value) && value > 0,
)

export const fraction: Decode<number> = decoded(
  'a number from 0 to 1',
  (value): value is number => isNumber(value) && value >= 0 && value <= 1,
)

/** Reads one of these words. */
export function oneOf<T extends string>(words: readonly T[]): Decode<T> {
  const known: readonly string[] = words
  return decoded(
    `one of ${words.join(', ')}`,
    (value): value is T => typeof value === 'string' && known.includes(value),
  )
}

/** Reads a list; a fault in one element leaves the others in. */
export function listOf<T>(element: Decode<T>): Decode<readonly T[]> {
  return (value, at, faults) => {
    if (Array.isArray(value)) {
      return value.flatMap((one: Json, place) => element(one, `${at}[${place}]`, faults) ?? [])
    }
    faults.push(`${at}: expected a list, found ${JSON.stringify(value)}`)
    return undefined
  }
}

/** Reads a map whose keys are data. */
export function mapOf<T>(element: Decode<T>): Decode<{ readonly [key: string]: T }> {
  return (value, at, faults) => {
    if (!isJsonObject(value)) {
      faults.push(`${at}: expected a map, found ${JSON.stringify(value)}`)
      return undefined
    }
    const entries = Object.entries(value).flatMap(([key, one]) => {
      const read = element(one, `${at}.${key}`, faults)
      return read === undefined ? [] : [[key, read] as const]
    })
    return Object.fromEntries(entries)
  }
}

/** Reads an object with these keys and no others; `needed` ones must be there. */
export function record<T>(
  fields: { readonly [K in keyof T]-?: Decode<Exclude<T[K], undefined>> },
  needed: readonly (keyof T & string)[] = [],
): Decode<T> {
  const known: { readonly [key: string]: Decode<unknown> | undefined } = fields
  return (value, at, faults) => {
    if (!isJsonObject(value)) {
      faults.push(`${at}: expected {${Object.keys(fields).join(', ')}}, found ${JSON.stringify(value)}`)
      return undefined
    }
    const before = faults.length
    const prefix = at === '' ? '' : `${at}.`
    for (const key of needed) if (value[key] === undefined) faults.push(`${prefix}${key}: missing`)
    const entries = Object.entries(value).map(([key, part]) => {
      const decode = Object.hasOwn(fields, key) ? known[key] : undefined
      if (decode === undefined)
        faults.push(`${prefix}${key}: not known; known are ${Object.keys(fields).join(', ')}`)
      return [key, decode?.(part, `${prefix}${key}`, faults)] as const
    })
    return faults.length > before ? undefined : (Object.fromEntries(entries) as T)
  }
}

/** Reads by the first key that says which of several forms it is: the value of `tag` chooses. */
export function tagged<T>(tag: string, forms: { readonly [word: string]: Decode<T> }): Decode<T> {
  return (value, at, faults) => {
    const word = isJsonObject(value) ? value[tag] : undefined
    const form = typeof word === 'string' && Object.hasOwn(forms, word) ? forms[word] : undefined
    if (form !== undefined) return form(value, at, faults)
    faults.push(
      `${at}: expected ${tag} to be one of ${Object.keys(forms).join(', ')}, found ${JSON.stringify(word)}`,
    )
    return undefined
  }
}

function isNumber(value: Json): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}
