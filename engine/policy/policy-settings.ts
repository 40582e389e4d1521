import { parameterFault } from '../expression/parameter-fault.js'
import type { PolicyKind } from '../ports/policy.js'
import type { PolicyDocument, PolicyParameter } from '../spec/policy-document.js'
import { isJsonObject, type Json, type JsonObject } from '../support/json.js'

/** A text that stands for a parameter. */
const REFERENCE = /^\$\{([^{}]+)\}$/

/** The name of the parameter that a value stands for; undefined for one that stands for itself. */
export function referredParameter(value: Json): string | undefined {
  return typeof value === 'string' ? REFERENCE.exec(value)?.[1]?.trim() : undefined
}

/** The values of a document's parameters, with those given in the place of its own. */
export function parameterValues(document: PolicyDocument, given: JsonObject = {}): JsonObject {
  const values = document.parameters.flatMap(({ name, value }) => {
    const one = Object.hasOwn(given, name) ? given[name] : value
    return one === undefined ? [] : [[name, one] as const]
  })
  return Object.fromEntries(values)
}

/** What is wrong with values that are given to parameters, by name; empty where they fit. */
export function parameterFaults(
  parameters: readonly PolicyParameter[],
  given: JsonObject,
): readonly (readonly [name: string, fault: string])[] {
  return Object.entries(given).flatMap(([name, value]) => {
    const parameter = parameters.find((one) => one.name === name)
    if (parameter === undefined) return [[name, 'is not declared'] as const]
    const fault = parameterFault(parameter, value)
    return fault === undefined ? [] : [[name, fault] as const]
  })
}

/**
 * The settings of what a document does, with its parameters put in. A kind whose settings hold parameters of its own is told
 * them by name too.
 */
export function settingsOf(document: PolicyDocument, kind: PolicyKind, given: JsonObject = {}): JsonObject {
  const values = parameterValues(document, given)
  const filled = fill(document.does.settings, values) as JsonObject
  const { properties } = kind.schema
  const takesParameters =
    isJsonObject(properties ?? null) && Object.hasOwn(properties as object, 'parameters')
  if (!takesParameters || document.parameters.length === 0) return filled
  const own = filled['parameters']
  return { ...filled, parameters: { ...values, ...(isJsonObject(own ?? null) ? (own as JsonObject) : {}) } }
}

function fill(value: Json, values: JsonObject): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map((one) => fill(one, values))
  if (isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fill(one, values)]))
  const name = referredParameter(value)
  return name !== undefined && Object.hasOwn(values, name) ? (values[name] ?? null) : value
}
