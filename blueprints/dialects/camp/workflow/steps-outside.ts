import { type ConfigMap, type Expression, literal } from '../../../../engine/index.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { ANSIBLE_STEP } from './ansible-step.js'
import { CONTAINER_STEP } from './container-step.js'
import { readNumberCondition } from './conditions.js'
import { entityOf } from './entities.js'
import { type FlowDesk, report } from './flow-desk.js'
import { interpolated, valueOf } from './interpolate.js'
import { fitShorthand } from './shorthand.js'
import { template } from './shorthand-template.js'
import type { StepFields } from './step-fields.js'
import { type Made, type StepKind, stepKind } from './step-kind.js'
import { splitAt } from './words.js'
import { type Written, writtenAt, writtenIn } from './written.js'
import { present } from '../../../resolve/present.js'

const COMMAND = ['env', 'exit_code', 'output_max_size', 'interpolation_mode', 'interpolation_errors']

/** Steps that do something outside. */
export const OUTSIDE_STEPS: { readonly [name: string]: StepKind } = {
  'invoke-effector': stepKind({
    line: '${effector} [ " on " ${entity} ] [ " with " ${args...} ]',
    needed: ['effector'],
    example: 'invoke-effector restart on web',
    make: invoke,
  }),
  ssh: commandKind('ssh'),
  shell: commandKind('shell'),
  container: CONTAINER_STEP,
  winrm: refusedKind('${command...}', COMMAND, 'machines of Windows are not supported'),
  'ansible-ssh': ANSIBLE_STEP,
  http: stepKind({
    line: '${endpoint}',
    keys: ['query', 'body', 'charset', 'status_code', 'headers', 'method', 'username', 'password', 'config'],
    needed: ['endpoint'],
    example: 'http https://example.com/status',
    make: http,
  }),
}

function commandKind(name: string): StepKind {
  return stepKind({
    line: '${command...}',
    keys: COMMAND,
    needed: ['command'],
    example: `${name} echo hello`,
    make: command,
  })
}

/** A step that is known, and that nothing here can do. */
function refusedKind(line: string, keys: readonly string[], hint: string): StepKind {
  return stepKind({
    line,
    keys,
    example: '',
    make: ({ form }, flow) => {
      report(flow, 'BP1108', form.type, {
        error: `the step "${form.type.text ?? ''}" is not supported yet`,
        hint,
      })
      return undefined
    },
  })
}

function invoke(fields: StepFields, flow: FlowDesk): Made | undefined {
  const effector = fields.get('effector')
  if (effector === undefined) return undefined
  const name = valueOf(effector, flow)
  const of = entityOf(fields.get('entity'), flow)
  const given = fields.get('args')
  const isLine = given?.text !== undefined
  const args = given === undefined ? {} : isLine ? argumentsIn(given, flow) : mapAt(given.node, flow)
  const does = {
    kind: 'invoke' as const,
    effector: name.kind === 'literal' && typeof name.value === 'string' ? name.value : name,
    arguments: args,
    await: true,
    ...(of === undefined ? {} : { of }),
  }
  return { does: flow.desk.origins.mark(does, effector.where(0, (effector.raw ?? '').length)) }
}

const ARGUMENT = template('${name} "=" ${value...}')
const COLON = template('${name} ":" ${value...}')

/** `a = 1, b = two`: values by name. @source InvokeEffectorWorkflowStep */
function argumentsIn(written: Written, flow: FlowDesk): ConfigMap {
  const found: [string, Expression][] = []
  for (const part of argumentsOf(written)) {
    const fit = [ARGUMENT, COLON]
      .map((one) => fitShorthand(one, part.raw ?? ''))
      .find((one) => 'captures' in one)
    const name = fit !== undefined && 'captures' in fit ? fit.captures.get('name') : undefined
    const value = fit !== undefined && 'captures' in fit ? fit.captures.get('value') : undefined
    if (name === undefined || value === undefined) {
      report(flow, 'BP1811', part, {
        error: 'an argument is a name and a value',
        hint: 'e.g. with size = 3, name = web',
      })
      continue
    }
    found.push([name.text, interpolated(writtenIn(part, value), flow)])
  }
  return Object.fromEntries(found)
}

function argumentsOf(written: Written): readonly Written[] {
  return splitAt(written.raw ?? '').map(({ text, offset }) => ({
    node: written.node,
    text,
    raw: text,
    where: (at, length) => written.where(offset + at, length),
  }))
}

function mapAt(node: DocumentNode | undefined, flow: FlowDesk): ConfigMap {
  return Object.fromEntries(
    (node?.entries() ?? []).map(([key, part]) => [key, valueOf(writtenAt(part), flow)]),
  )
}

/** What a shell reads: what names nothing here is left for the shell. */
function command(fields: StepFields, flow: FlowDesk): Made | undefined {
  const written = fields.get('command')
  if (written === undefined) return undefined
  const exitCode = readNumberCondition(fields.get('exit_code'), flow)
  const limit = fields.node('output_max_size')?.number
  return {
    does: {
      kind: 'command',
      script: scriptOf(written, fields, flow),
      environment: mapAt(fields.node('env'), flow),
      ...present({ exitCode, limit: limit === -1 ? Number.MAX_SAFE_INTEGER : limit }),
    },
  }
}

function scriptOf(written: Written, fields: StepFields, flow: FlowDesk): Expression {
  if (fields.text('interpolation_mode')?.toLowerCase() === 'disabled') return literal(written.text ?? '')
  const errors = fields.text('interpolation_errors')?.toLowerCase()
  const missing = errors === 'fail' || errors === 'blank' ? errors : 'ignore'
  return valueOf(written, flow, { missing, shell: true })
}

function http(fields: StepFields, flow: FlowDesk): Made | undefined {
  const endpoint = fields.get('endpoint')
  if (endpoint === undefined) return undefined
  warnOf(fields, flow)
  const [user, password, body] = [fields.get('username'), fields.get('password'), fields.get('body')]
  const method = fields.get('method')
  const status = readNumberCondition(fields.get('status_code'), flow)
  return {
    does: {
      kind: 'http',
      url: urlOf(endpoint, flow),
      query: mapAt(fields.node('query'), flow),
      method: method === undefined ? literal('GET') : upper(valueOf(method, flow)),
      headers: mapAt(fields.node('headers'), flow),
      ...(body === undefined ? {} : { body: valueOf(body, flow) }),
      ...(status === undefined ? {} : { status }),
      ...(user === undefined
        ? {}
        : {
            login: {
              user: valueOf(user, flow),
              password: password === undefined ? literal('') : valueOf(password, flow),
            },
          }),
    },
  }
}

function upper(method: Expression): Expression {
  return method.kind === 'literal' && typeof method.value === 'string'
    ? literal(method.value.toUpperCase())
    : method
}

/** An address without a scheme is one of https. */
function urlOf(written: Written, flow: FlowDesk): Expression {
  const text = written.text ?? ''
  const url = valueOf(written, flow)
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || text.startsWith('${') || written.text === undefined) return url
  if (url.kind === 'literal') return literal(`https://${text}`)
  return { kind: 'format', pattern: 'https://%s', arguments: [url] }
}

function warnOf(fields: StepFields, flow: FlowDesk): void {
  for (const name of ['config', 'charset']) {
    const written = fields.get(name)
    if (written === undefined) continue
    report(flow, 'BP1108', written, {
      error: `"${name}" of "http" does not act yet`,
      hint: name === 'charset' ? 'texts are UTF-8' : 'certificates are always checked',
      severity: 'warning',
    })
  }
}
