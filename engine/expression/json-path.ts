import { isJsonObject, type Json } from '../support/json.js'

/** The steps of a path, or in words what is wrong with its text. */
export type ReadJsonPath = { readonly steps: readonly (string | number)[] } | { readonly error: string }

/**
 * Reads the subset of JSONPath that means exactly one value: `$` before it or not, members as `.name` or `['name']`,
 * positions as `[0]`, counted from the end where negative.
 */
export function readJsonPath(text: string): ReadJsonPath {
  if (text.length > LONGEST) return { error: `a path has at most ${LONGEST} characters` }
  const rest = text.startsWith('$') ? text.slice(1) : /^[.[]/.test(text) ? text : `.${text}`
  const steps: (string | number)[] = []
  let at = 0
  while (at < rest.length) {
    STEP.lastIndex = at
    const found = STEP.exec(rest)
    if (found === null) return { error: `"${rest.slice(at)}" is neither .name, ['name'] nor [0]` }
    const [written, name, index, single, double] = found
    steps.push(index === undefined ? unescaped(name ?? single ?? double ?? '') : Number(index))
    at += written.length
  }
  return { steps }
}

/** The value at the steps; undefined where there is none. */
export function valueAtPath(value: Json | undefined, steps: readonly (string | number)[]): Json | undefined {
  return steps.reduce<Json | undefined>(memberOf, value)
}

/** A member of a map by name, or of a list by position; undefined where there is none. */
export function memberOf(value: Json | undefined, step: string | number): Json | undefined {
  if (Array.isArray(value)) return itemAt(value as readonly Json[], step)
  return isJsonObject(value) && Object.hasOwn(value, String(step)) ? value[String(step)] : undefined
}

const LONGEST = 1_000
const STEP = /\.([^.[\]'"*]+)|\[(-?\d{1,9})\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/y

function unescaped(name: string): string {
  return name.replace(/\\(.)/g, '$1')
}

function itemAt(items: readonly Json[], step: string | number): Json | undefined {
  const index = typeof step === 'number' ? step : /^-?\d+$/.test(step) ? Number(step) : NaN
  return items[index < 0 ? items.length + index : index]
}
