import {
  type ConfigMap,
  type Json,
  type JsonObject,
  type PolicyDocument,
  type Problem,
  literal,
  parameterFaults,
  settingsOf,
} from '../../engine/index.js'
import type { TranslationDesk } from '../dialect.js'
import { problem } from '../problems.js'
import type { DocumentNode } from '../read/document-node.js'
import { plainCopy } from '../read/plain-copy.js'
import { present } from '../resolve/present.js'
import { validate } from '../schema/validator.js'
import { suggestionFor } from '../suggest.js'
import { Notes } from './notes.js'
import { inlinePolicySchema } from './policy-schema.js'
import { documentOf } from './read-policy.js'
import { givenValues } from './read-parameters.js'

/** What a policy document comes to where it is attached: a type with settings, its parameters put in. */
export interface AttachedDocument {
  /** '' where it has none of its own. */
  readonly name: string
  readonly type: string
  readonly config: ConfigMap
}

/** Values for parameters of a document, as they stand where it is named. */
export type GivenParameters = readonly (readonly [name: string, value: DocumentNode])[]

/** Whether an entry of a blueprint's policies, or an item, is a policy document. */
export function isPolicyDocument(node: DocumentNode | undefined): node is DocumentNode {
  return node?.get('does')?.isMap === true
}

/**
 * A policy document made ready to be attached; what is wrong with it is told where it is written, and what is wrong with the
 * values that it is given, at those.
 */
export function attachDocument(
  node: DocumentNode,
  given: GivenParameters,
  at: DocumentNode,
  desk: TranslationDesk,
): AttachedDocument {
  desk.take(validate(inlinePolicySchema, node))
  const notes = new Notes()
  const document = documentOf(node, notes)
  const values = valuesOf(document, given, at, desk)
  desk.take(notes.problems)
  const kind = desk.input.policyKinds?.find(({ type }) => type === document.does.type)
  const settings = kind === undefined ? document.does.settings : settingsOf(document, kind, values)
  return { name: document.name, type: document.does.type, config: configOf(settings, node, desk) }
}

function valuesOf(
  document: PolicyDocument,
  given: GivenParameters,
  at: DocumentNode,
  desk: TranslationDesk,
): JsonObject {
  const { parameters } = document
  const plain = Object.fromEntries(given.map(([name, node]) => [name, plainCopy(node.value)] as const))
  const values = givenValues(plain, parameters)
  const nodes = new Map(given)
  desk.take(
    parameterFaults(parameters, values).map((fault) => valueProblem(document, fault, nodes.get(fault[0]))),
  )
  for (const { name, value } of parameters) {
    if (value !== undefined || Object.hasOwn(values, name)) continue
    const hint = `add "${name}:"`
    desk.report('BP1701', `the parameter "${name}" of the policy has no value`, at, { hint })
  }
  return values
}

function valueProblem(
  { name: policy, parameters }: PolicyDocument,
  [name, fault]: readonly [name: string, fault: string],
  node: DocumentNode | undefined,
): Problem {
  const names = parameters.map((one) => one.name)
  if (names.includes(name)) {
    const hint = 'write another value'
    return problem('BP1702', `the parameter "${name}" ${fault}`, node?.place, { hint })
  }
  const hint = suggestionFor(name, names)
  return problem(
    'BP1703',
    `the policy "${policy}" has no parameter "${name}"`,
    node?.keyPlace,
    present({ hint }),
  )
}

/** Settings with the places that they have in the document. */
function configOf(settings: JsonObject, node: DocumentNode, desk: TranslationDesk): ConfigMap {
  const { origins } = desk
  const entries = Object.entries(settings).map(([key, value]: [string, Json]) => {
    const part = node.get('does')?.get(key) ?? node
    const expression = origins.markKey(literal(value), part.keyPlace)
    origins.mark(expression, part.place)
    return [key, origins.markInside(expression, (steps) => part.nearest(steps).place)] as const
  })
  return Object.fromEntries(entries)
}
