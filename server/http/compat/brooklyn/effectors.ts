import type { Effector, EffectorParameter, Task, WireJson, WireObject } from '../../../api/index.js'
import { refuse } from '../../../handlers/index.js'
import { type BrooklynAnswer, type BrooklynCall, empty, json, pathParam, text } from './call.js'
import { patience, taskEnded } from './ended.js'
import { Refused } from './gateway.js'
import { applicationLink, entityLink, pathOfId } from './ids.js'
import { type Located, entityParams, namedEntity } from './located.js'
import { resultOf, taskSummary } from './tasks.js'
import { javaTypeNamed } from './words.js'

/** An effector as Brooklyn lists it. */
export interface EffectorSummary {
  readonly name: string
  readonly returnType: string
  readonly description: string
  readonly parameters: readonly {
    readonly name: string
    readonly type: string
    readonly description: string
    readonly defaultValue: WireJson
    readonly shouldSanitize: boolean
  }[]
  readonly links: { readonly [name: string]: string }
}

/** What an entity can be asked to do: what its document declares, and what every entity of its kind can. */
export async function listEffectors(call: BrooklynCall): Promise<BrooklynAnswer> {
  const located = await namedEntity(call)
  const all = [...(await effectorsAt(call, located))].sort((a, b) => (a.name < b.name ? -1 : 1))
  return json(all.map((effector) => summaryOf(located, effector)))
}

/** Asks it and waits for its end: its result, or the task when that takes longer than `timeout`. */
export async function invokeEffector(call: BrooklynCall): Promise<BrooklynAnswer> {
  const wait = patience(call, 'never')
  const located = await namedEntity(call)
  const task = await begin(call, located)
  const ended = await taskEnded(call, task.id, wait)
  if (wait === 0 || ended.state === 'running') return json(await taskSummary(call, ended), 202)
  if (ended.state === 'failed') throw new Refused(refuse('internal', resultOf(ended) ?? 'It failed.'))
  const result = resultOf(ended)
  return result === null || result === '' ? empty(202) : text(result, 202)
}

async function begin(call: BrooklynCall, located: Located): Promise<Task> {
  const { application, entity } = located
  const name = pathParam(call, 'effector')
  const known = (await effectorsAt(call, located)).find((effector) => effector.name === name)
  const parameters = withPaths(application.id, given(call, known?.parameters ?? []))
  return call.gateway.read<Task>('invokeEffector', {
    params: { ...entityParams(application.id, entity.path), effector: name },
    body: { kind: 'json', value: { parameters } },
  })
}

/** A member is known to the engine by its path. */
function withPaths(application: string, parameters: WireObject): WireObject {
  const { memberId } = parameters
  const path = typeof memberId === 'string' ? pathOfId(application, memberId) : undefined
  return path === undefined ? parameters : { ...parameters, memberId: path }
}

function effectorsAt({ gateway }: BrooklynCall, located: Located): Promise<readonly Effector[]> {
  const params = entityParams(located.application.id, located.entity.path)
  return gateway.read<readonly Effector[]>('listEffectors', { params })
}

/** Parameters come as a form, whose values are texts, or as JSON. */
function given({ body, isForm }: BrooklynCall, known: readonly EffectorParameter[]): WireObject {
  if (body.trim() === '') return {}
  if (!isForm) return objectIn(body)
  const typed = [...new URLSearchParams(body)].map(([name, said]) => {
    const type = known.find((parameter) => parameter.name === name)?.type
    return [name, typedValue(type, said)] as const
  })
  return Object.fromEntries(typed)
}

function typedValue(type: string | undefined, said: string): WireJson {
  const pattern = type === undefined ? undefined : TYPED[type]
  return pattern?.test(said) === true ? (jsonIn(said) ?? said) : said
}

/** Texts that are values of these types, each as JSON writes it; any other text is left to the engine to refuse. */
const TYPED: { readonly [type: string]: RegExp } = {
  integer: /^-?[0-9]{1,15}$/,
  port: /^[0-9]{1,5}$/,
  float: /^-?[0-9]{1,15}(\.[0-9]{1,15})?$/,
  boolean: /^(true|false)$/,
  map: /^\s*\{/,
  list: /^\s*\[/,
}

function objectIn(body: string): WireObject {
  const found = jsonIn(body)
  if (typeof found === 'object' && found !== null && !Array.isArray(found)) return found as WireObject
  throw new Refused(refuse('invalid-request', 'Parameters are a JSON object or a form.'))
}

function jsonIn(said: string): WireJson | undefined {
  try {
    return JSON.parse(said) as WireJson
  } catch {
    return undefined
  }
}

function summaryOf(
  { application, entity }: Located,
  { name, description, parameters }: Pick<Effector, 'name' | 'description' | 'parameters'>,
): EffectorSummary {
  const owner = entityLink(application.id, entity.path)
  return {
    name,
    returnType: 'java.lang.Object',
    description,
    parameters: parameters.map((parameter) => ({
      name: parameter.name,
      type: javaTypeNamed(parameter.type),
      description: parameter.description,
      defaultValue: parameter.default ?? null,
      shouldSanitize: parameter.type === 'secret',
    })),
    links: {
      self: `${owner}/effectors/${encodeURIComponent(name)}`,
      entity: owner,
      application: applicationLink(application.id),
    },
  }
}
