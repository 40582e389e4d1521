import { text } from '../expression/value.js'
import type { OutsideAction } from '../spec/step-action.js'
import type { ConditionSpec } from '../spec/workflow-spec.js'
import { isJsonObject, type Json } from '../support/json.js'
import { runError } from './errors.js'
import type { Frame } from './frame.js'
import type { Flow, HttpRequest, KeptValues } from './run-record.js'
import { failing, holds, keptAll, known, textOf, type Known, type Walk } from './walk.js'

type Http = Extract<OutsideAction, { readonly kind: 'http' }>

/** Milliseconds until an answer must be there, where the step has no time of its own. */
const ANSWER_WITHIN = 60_000

/** Those that change nothing, or change it to the same again. @source RFC 9110, 9.2.2 */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])

/** The request of a step, as it is announced. */
export function httpRequest(
  walk: Walk,
  { does, idempotent }: { readonly does: Http; readonly idempotent: boolean | undefined },
  frame: Frame,
): Known<HttpRequest> {
  const method = textOf(walk, does.method, frame)
  if ('flow' in method) return method
  const values = keptAll(walk, { url: does.url, ...partsOf(does) }, frame)
  if ('flow' in values) return values
  const [query, headers] = [keptAll(walk, does.query, frame), keptAll(walk, does.headers, frame)]
  if ('flow' in query) return query
  if ('flow' in headers) return headers
  const { url = '', user, password = '' } = values.value
  const verb = method.value.toUpperCase()
  return {
    value: {
      ...common(walk, frame),
      method: verb,
      url,
      query: query.value,
      headers: headers.value,
      ...bodyIn(values.value),
      ...(user === undefined ? {} : { login: { user, password } }),
      isRepeatable: idempotent ?? (frame.idempotent || IDEMPOTENT.has(verb)),
    },
  }
}

function bodyIn({ body }: KeptValues): { readonly body?: Json } {
  return body === undefined ? {} : { body }
}

function partsOf({ body, login }: Http): { readonly [name: string]: NonNullable<typeof body> } {
  return { ...(body === undefined ? {} : { body }), ...login }
}

/** The request that loads a text. */
export function loadRequest(
  walk: Walk,
  { url }: Extract<OutsideAction, { readonly kind: 'load' }>,
  frame: Frame,
): Known<HttpRequest> {
  const found = known(walk, url, frame)
  if ('flow' in found) return found
  const address = walk.world.keep(text(found.value))
  const nothing = { query: {}, headers: {} }
  return {
    value: { ...common(walk, frame), method: 'GET', url: address, ...nothing, isRepeatable: true },
  }
}

function common(
  walk: Walk,
  { step, block }: Frame,
): { readonly kind: 'http'; readonly entity: string; readonly timeout: number } {
  const left = step?.deadline === undefined ? ANSWER_WITHIN : step.deadline - walk.world.now
  return { kind: 'http', entity: block.entity, timeout: Math.max(1, left) }
}

/** What an answer means: its status may be an error. */
export function replied(
  walk: Walk,
  { kind, status: wanted }: { readonly kind: 'http' | 'load'; readonly status?: ConditionSpec },
  output: Json,
  frame: Frame,
): Flow {
  const status = isJsonObject(output) ? (output['status_code'] ?? null) : null
  const about = { kind: 'value', value: status } as const
  const passes =
    wanted === undefined
      ? { value: isWithin(status, kind === 'load' ? 300 : 400) }
      : holds(walk, wanted, frame, about)
  if ('flow' in passes) return passes.flow
  if (passes.value) return { kind: 'done', output }
  return failing(
    runError(`it was answered with status ${JSON.stringify(status)}`, 'command-failed', { data: output }),
  )
}

/** Whether a status is a success, or at least no error: a redirect that was not followed has no content. */
function isWithin(status: Json, end: number): boolean {
  return typeof status === 'number' && status >= 200 && status < end
}
