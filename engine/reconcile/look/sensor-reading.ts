import { readJsonPath, valueAtPath } from '../../expression/json-path.js'
import type { SensorSpec } from '../../spec/entity-spec.js'
import type { Json } from '../../support/json.js'

/** An answer as JSON when it is, at the path; otherwise its text. Undefined where nothing is at the path. */
export function selected(body: string, select: string | undefined): Json | undefined {
  const parsed = parse(body)
  if (select === undefined) return parsed ?? body
  const path = readJsonPath(select)
  return parsed !== undefined && 'steps' in path ? valueAtPath(parsed, path.steps) : undefined
}

/** What was read, as the type of its sensor; undefined where it cannot be that. */
export function shaped(value: Json, type: SensorSpec['type']): Json | undefined {
  switch (type) {
    case 'number':
      return numberOf(value)
    case 'boolean':
      return value === true || value === 'true'
    case 'string':
      return typeof value === 'string' ? value : JSON.stringify(value)
    case 'json':
      return typeof value === 'string' ? (parse(value) ?? value) : value
  }
}

function numberOf(value: Json): number | undefined {
  const number =
    typeof value === 'number' ? value : Number(typeof value === 'string' && value !== '' ? value : NaN)
  return Number.isFinite(number) ? number : undefined
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}
