import { type Json, type JsonObject, type Problem, isJsonObject } from '../../engine/index.js'
import { type Decoded, contradiction, decodeConfig } from './decode.js'
import type { Fields } from './field.js'

/** Where a value stands in the configuration of a policy. */
export interface At {
  readonly type: string
  /** Without the first slash. */
  readonly pointer: string
}

/** A place further in. */
export function inside({ type, pointer }: At, key: string | number): At {
  return { type, pointer: pointer === '' ? String(key) : `${pointer}/${key}` }
}

/** Something that is wrong there. */
export function wrongAt({ type, pointer }: At, message: string, hint: string): Problem {
  return contradiction(type, pointer, message, hint)
}

/** A map of fields that stands under a key. */
export function decodeMap<Declared extends Fields>(at: At, fields: Declared, given: Json): Decoded<Declared> {
  if (!isJsonObject(given))
    return { problems: [wrongAt(at, 'it must be a map', `Keys are ${Object.keys(fields).join(', ')}.`)] }
  const decoded = decodeConfig(at.type, fields, given)
  if ('values' in decoded) return decoded
  const problems = decoded.problems.map((one) => ({ ...one, pointer: `/${at.pointer}${one.pointer ?? ''}` }))
  return { problems }
}

/** What was read, and what is wrong with the rest. */
export interface Readings<One> {
  readonly read: readonly One[]
  readonly problems: readonly Problem[]
}

/** What one part of a configuration is, or what is wrong with it. */
export type Part<One> = { readonly one: One } | { readonly problems: readonly Problem[] }

/** Each of a list under a key; nothing where it is not given. `example` is one of them. */
export function readEach<One>(
  at: At,
  given: Json,
  example: string,
  read: (at: At, given: Json) => Part<One>,
): Readings<One> {
  if (given === null) return { read: [], problems: [] }
  if (!Array.isArray(given))
    return { read: [], problems: [wrongAt(at, `"${at.pointer}" must be a list`, `Write "- ${example}".`)] }
  return gathered((given as readonly Json[]).map((one, index) => read(inside(at, index), one)))
}

/** Each of a map by name under a key; nothing where it is not given. */
export function readNamed<One>(
  at: At,
  given: Json,
  read: (at: At, name: string, given: Json) => Part<One>,
): Readings<One> {
  if (given === null) return { read: [], problems: [] }
  if (!isJsonObject(given))
    return {
      read: [],
      problems: [wrongAt(at, `"${at.pointer}" must be a map by name`, 'Write names with what they mean.')],
    }
  return gathered(Object.entries(given).map(([name, one]) => read(inside(at, name), name, one)))
}

function gathered<One>(parts: readonly Part<One>[]): Readings<One> {
  return {
    read: parts.flatMap((part) => ('one' in part ? [part.one] : [])),
    problems: parts.flatMap((part) => ('problems' in part ? part.problems : [])),
  }
}

/** Which of some keys are given. */
export function givenKeys<Key extends string>(config: JsonObject, keys: readonly Key[]): readonly Key[] {
  return keys.filter((key) => Object.hasOwn(config, key) && config[key] !== null)
}
