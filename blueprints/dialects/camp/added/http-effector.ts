import {
  type ConfigMap,
  type EffectorSpec,
  type Expression,
  type StepSpec,
  type WorkflowSpec,
  literal,
  readJsonPath,
} from '../../../../engine/index.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { isDsl, readExpression } from '../language/expressions.js'
import type { Settings } from '../settings.js'

/** Settings of an effector that makes a request. */
export const HTTP_EFFECTOR_SETTINGS: readonly string[] = [
  ...['uri', 'httpVerb', 'httpPayload', 'headers', 'httpUsername', 'httpPassword'],
  ...['jsonPath', 'publishSensor', 'jsonPathAndSensors'],
]

const REQUEST = 'request'
const CONTENT_TYPE = 'content-type'

/**
 * What the effector does, as a workflow: it makes the request, sets sensors from the answer, and gives the answer or the part of it
 * that `jsonPath` names. A parameter of the name of a setting counts before it. @source HttpCommandEffector
 */
export function httpEffectorFlow(
  given: Settings,
  { parameters, timeout }: Pick<EffectorSpec, 'parameters' | 'timeout'>,
): WorkflowSpec {
  const own = new Set(parameters.map(({ name }) => name))
  const setting = (key: string): Expression => {
    const set = given.expression(key)
    if (!own.has(key)) return set
    return { kind: 'first-known', of: [{ kind: 'variable', of: 'input', path: [key] }, set] }
  }
  const has = (key: string): boolean => own.has(key) || given.node(key) !== undefined
  const headers = given.map('headers') ?? {}
  const request: StepSpec = given.mark({
    id: REQUEST,
    input: {},
    ...(timeout > 0 ? { timeout: literal(timeout) } : {}),
    does: {
      kind: 'http',
      url: setting('uri'),
      query: {},
      method: setting('httpVerb'),
      headers: withType(headers, has('httpPayload')),
      ...(has('httpPayload')
        ? { body: own.has('httpPayload') ? setting('httpPayload') : payload(given, headers) }
        : {}),
      ...(has('httpUsername') && has('httpPassword')
        ? { login: { user: setting('httpUsername'), password: setting('httpPassword') } }
        : {}),
    },
  })
  return {
    steps: [request, ...publishing(given)],
    input: {},
    output: outputOf(given),
    replay: { allowed: true, fromStart: false },
    idempotent: false,
  }
}

/** A payload is JSON where nothing else is said. */
function withType(headers: ConfigMap, isSent: boolean): ConfigMap {
  const isSaid = Object.keys(headers).some((name) => name.toLowerCase() === CONTENT_TYPE)
  return isSaid || !isSent ? headers : { [CONTENT_TYPE]: literal('application/json'), ...headers }
}

function payload(given: Settings, headers: ConfigMap): Expression {
  const node = given.node('httpPayload')
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === CONTENT_TYPE)?.[1]
  const isForm = type?.kind === 'literal' && /x-www-form-urlencoded/i.test(JSON.stringify(type.value))
  if (node === undefined || !isForm || !node.isMap || isDsl(node)) return given.expression('httpPayload')
  return formOf(node.entries(), given)
}

/** Names and values as a form sends them. */
function formOf(entries: readonly (readonly [string, DocumentNode])[], { desk }: Settings): Expression {
  const encoded = (value: Expression): Expression => ({
    kind: 'apply',
    function: 'url-encode',
    arguments: [value],
  })
  const values = entries.flatMap(([name, node]) => [literal(name), readExpression(node, desk)].map(encoded))
  return { kind: 'format', pattern: entries.map(() => '%s=%s').join('&'), arguments: values }
}

function publishing(given: Settings): readonly StepSpec[] {
  const [path, sensor] = [given.node('jsonPath'), given.text('publishSensor')]
  const several = given.node('jsonPathAndSensors')
  if (path !== undefined && several !== undefined)
    given.desk.report('BP1503', 'the parts of the answer are named twice', several, {
      hint: 'keep one of "jsonPath" and "jsonPathAndSensors"',
    })
  const pairs: readonly (readonly [string, string | undefined, DocumentNode])[] = [
    ...(path === undefined ? [] : [[path.text ?? '', sensor, path] as const]),
    ...(several?.entries() ?? []).map(([from, node]) => [from, node.text, node] as const),
  ]
  return pairs.flatMap(([from, name, node]) =>
    name === undefined ? [] : [publish(name, partOf(from, node, given))],
  )
}

function publish(sensor: string, value: Expression): StepSpec {
  return { input: {}, does: { kind: 'set-sensor', sensor, path: [], value } }
}

function outputOf(given: Settings): Expression {
  const path = given.node('jsonPath')
  return path === undefined ? answer('content') : partOf(path.text ?? '', path, given)
}

/** The part of the answer that a path names; told where it cannot be read. */
function partOf(path: string, node: DocumentNode, { desk }: Settings): Expression {
  const read = readJsonPath(path)
  if ('steps' in read) return answer('content_json', ...read.steps)
  desk.report('BP1106', `the path cannot be read: ${read.error}`, node, { hint: 'e.g. $.status.name' })
  return literal(null)
}

function answer(...path: readonly (string | number)[]): Expression {
  return { kind: 'variable', of: 'step', path: [REQUEST, 'output', ...path] }
}
