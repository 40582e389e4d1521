import { type Expression, type StepAction, literal } from '../../../../engine/index.js'
import { isDsl } from '../language/expressions.js'
import { artifactText } from '../software/files.js'
import { type FlowDesk, report } from './flow-desk.js'
import { type InterpolateOptions, type Missing, valueOf } from './interpolate.js'
import { letValue } from './let-value.js'
import type { StepFields } from './step-fields.js'
import { type Made, type StepKind, stepKind } from './step-kind.js'
import { mergedValues, readTransforms } from './transforms.js'
import { bracketed, isBracketed, typeOf } from './value-types.js'
import { type NamedPath, readPath } from './variable-path.js'
import { nearestName } from '../../../suggest.js'
import { type Written } from './written.js'

/** Words that may stand before the type of a variable in "let". */
const MODES = [
  'merge',
  'deep',
  'trim',
  'yaml',
  'json',
  'bash',
  'encode',
  'parse',
  'string',
  'wait',
  'list',
  'set',
  'map',
]

/** Steps that change variables. */
export const VARIABLE_STEPS: { readonly [name: string]: StepKind } = {
  let: stepKind({
    line: '[ ${head...} [ "=" ${value...} ] ]',
    keys: ['variable.name', 'variable.type', 'interpolation_mode', 'interpolation_errors'],
    needed: [['head', 'variable'], 'value'],
    example: 'let integer x = 1',
    make: setVariable,
  }),
  'clear-workflow-variable': stepKind({
    line: '[ ${variable.type} ] ${variable.name}',
    needed: ['variable'],
    example: 'clear-workflow-variable x',
    make: (fields, flow) => {
      const variable = pathAt('variable.name', fields, flow)
      return variable === undefined ? undefined : { does: { kind: 'clear', variable } }
    },
  }),
  transform: stepKind({
    line: '[ ${variable.type} ] [ ?${value_is_initial} "value " ] ${variable.name} [ [ "=" ${value...} ] "|" ${transform...} ]',
    needed: ['variable', 'transform'],
    example: 'transform x = ${y} | trim',
    make: transform,
  }),
  load: stepKind({
    line: '[ "charset " ${charset} ] [ ${variable.type} ] ${variable.name} "=" ${url...}',
    keys: ['interpolation_mode', 'interpolation_errors'],
    needed: ['variable', 'url'],
    example: 'load x = https://example.com/data.json',
    make: (fields, flow) => {
      const variable = pathAt('variable.name', fields, flow)
      const url = fields.get('url')
      if (variable === undefined || url === undefined) return undefined
      refuseCharset(fields, flow)
      refuseInterpolation(fields, flow)
      return loading(url, { variable, ...typed(fields, flow) }, flow)
    },
  }),
  wait: stepKind({
    line: '[ [ ${variable.type} ] ${variable.name} "=" ] [ ?${task} "task " ] ${value...}',
    needed: ['value'],
    example: 'wait ${entity.attributeWhenReady.main_uri}',
    make: (fields, flow) => {
      const value = fields.get('value')
      const variable =
        fields.get('variable.name') === undefined ? undefined : pathAt('variable.name', fields, flow)
      if (value === undefined) return undefined
      return {
        does: {
          kind: 'wait',
          for: fields.has('task') ? 'task' : 'value',
          value: flow.desk.origins.mark(
            patient(valueOf(value, flow)),
            value.where(0, (value.raw ?? '').length),
          ),
          ...(variable === undefined ? {} : { variable }),
          ...typed(fields, flow),
        },
      }
    },
  }),
}

/** A value that waits for the sensors in it, and does not fail where one has not been set yet. */
function patient(expression: Expression): Expression {
  const { atOnce: _atOnce, ...waiting } = expression as Expression & { readonly atOnce?: boolean }
  return expression.kind === 'sensor' ? waiting : mapParts(expression)
}

function mapParts(expression: Expression): Expression {
  if (expression.kind === 'access') return { ...expression, of: patient(expression.of) }
  if (expression.kind === 'first-known') return { ...expression, of: expression.of.map(patient) }
  if (expression.kind === 'apply' || expression.kind === 'format')
    return { ...expression, arguments: expression.arguments.map(patient) }
  return expression
}

/** The variable, or the part of one, that is written under a name. */
function pathAt(name: string, fields: StepFields, flow: FlowDesk): NamedPath | undefined {
  const written = fields.get(name)
  return written === undefined ? undefined : pathOf(written, flow)
}

function pathOf(written: Written, flow: FlowDesk): NamedPath | undefined {
  const path = readPath(written, flow, true)
  if (path?.name.includes('${') !== true) return path
  report(flow, 'BP1108', written, {
    error: 'a variable whose name is not known before something runs is not supported',
    hint: "set a key of a map: let map['${name}'] = 1",
  })
  return undefined
}

function typed(fields: StepFields, flow: FlowDesk): { readonly type?: string } {
  const type = typeOf(fields.get('variable.type'), flow)
  return type === undefined ? {} : { type }
}

/** From an address when it is run; a file that stands beside the document is taken in now. */
function loading(
  url: Written,
  into: { readonly variable: NamedPath; readonly type?: string },
  flow: FlowDesk,
): Made | undefined {
  const { text } = url
  if (text === undefined || text.includes('${') || isDsl(url.node) || /^https?:\/\//i.test(text))
    return { does: { kind: 'load', url: valueOf(url, flow), ...into } }
  const content = artifactText(url.node, text, flow.desk)
  return content === undefined ? undefined : { does: { kind: 'set', value: literal(content), ...into } }
}

function refuseCharset(fields: StepFields, flow: FlowDesk): void {
  const charset = fields.get('charset')
  if (charset === undefined || /^utf-?8$/i.test(charset.text ?? '')) return
  report(flow, 'BP1108', charset, { error: 'only UTF-8 is read', hint: 'leave it out' })
}

/** What is loaded is taken as it is. */
function refuseInterpolation(fields: StepFields, flow: FlowDesk): void {
  const mode = fields.get('interpolation_mode')
  const wanted =
    mode?.text?.toLowerCase() === 'disabled' ? undefined : (mode ?? fields.get('interpolation_errors'))
  if (wanted === undefined) return
  const hint = 'leave it out, and use "let" with what was loaded'
  report(flow, 'BP1108', wanted, { error: 'what is loaded is not interpolated', hint })
}

const INTERPOLATIONS = ['words', 'full', 'disabled']
const MISSING: readonly Missing[] = ['fail', 'ignore', 'blank']

/** A word that is one of some; what it is otherwise is told. */
function oneOf<T extends string>(
  written: Written | undefined,
  words: readonly T[],
  flow: FlowDesk,
): T | undefined {
  if (written === undefined) return undefined
  const found = words.find((word) => word === written.text?.toLowerCase())
  if (found !== undefined) return found
  const near = nearestName(written.text ?? '', words)
  report(flow, 'BP1105', written, {
    error: `this cannot be ${JSON.stringify(written.node.value)}`,
    hint: near === undefined ? `one of ${words.join(', ')}` : `did you mean "${near}"?`,
  })
  return undefined
}

/** Words in front of a variable's name: its type, and what is done to the value first. */
interface Head {
  readonly name?: Written
  readonly type?: Written
  readonly modes: readonly string[]
}

/** @source SetVariableWorkflowStep, and the words that its documentation has beside the type */
function headOf(fields: StepFields): Head {
  const head = fields.get('head')
  if (head === undefined)
    return {
      ...held('name', fields.get('variable.name')),
      ...held('type', fields.get('variable.type')),
      modes: [],
    }
  const raw = head.raw ?? ''
  const words = [...raw.matchAll(/(?:"[^"]*"|'[^']*'|\S)+/g)].map((found) => ({
    raw: found[0],
    at: found.index,
  }))
  const name = words.at(-1)
  const before = words.slice(0, -1)
  const modes = before.slice(0, before.length - (isTyped(before.map((word) => word.raw)) ? 1 : 0))
  const type = before.length > modes.length ? before.at(-1) : undefined
  const part = (word: { readonly raw: string; readonly at: number } | undefined): Written | undefined =>
    word === undefined
      ? undefined
      : {
          node: head.node,
          text: word.raw.replace(/^(["'])(.*)\1$/s, '$2'),
          raw: word.raw,
          where: (at, length) => head.where(word.at + at, length),
        }
  return { ...held('name', part(name)), ...held('type', part(type)), modes: modes.map((word) => word.raw) }
}

function held<K extends string>(key: K, written: Written | undefined): { readonly [key in K]?: Written } {
  return written === undefined ? {} : ({ [key]: written } as { readonly [key in K]?: Written })
}

/** Whether the last of the words before a name is its type, and not one of the modes. */
function isTyped(words: readonly string[]): boolean {
  const last = words.at(-1)
  if (last === undefined) return false
  const isMode = MODES.includes(last) && !['string', 'list', 'set', 'map'].includes(last)
  return !isMode && !(last === 'string' && ['json', 'yaml', 'bash'].includes(words.at(-2) ?? ''))
}

function setVariable(fields: StepFields, flow: FlowDesk): Made | undefined {
  const { name, type: writtenType, modes } = headOf(fields)
  const value = fields.get('value')
  if (name === undefined || value === undefined) return undefined
  const variable = pathOf(name, flow)
  if (variable === undefined || !knows(modes, name, flow)) return undefined
  const type = typeOf(writtenType, flow)
  const kind = type === undefined ? {} : { type }
  const operations = operationsOf(modes, writtenType?.text)
  const from = modes.includes('merge')
    ? mergedValues(value, { lax: modes.includes('trim') }, flow)
    : letExpression(value, { ...settingsOf(fields, flow), type }, flow)
  if (operations.length === 0) return { does: { kind: 'set', variable, value: from, ...kind } }
  return { does: { kind: 'transform', variable, value: from, operations, ...kind } }
}

function settingsOf(fields: StepFields, flow: FlowDesk): Omit<LetSettings, 'type'> {
  const isLine = fields.form.line !== undefined && fields.node('value') === undefined
  const mode = oneOf(fields.get('interpolation_mode'), INTERPOLATIONS, flow) ?? (isLine ? 'words' : 'full')
  return { mode, missing: oneOf(fields.get('interpolation_errors'), MISSING, flow) ?? 'fail' }
}

function knows(modes: readonly string[], name: Written, flow: FlowDesk): boolean {
  const unknown = modes.find((mode) => !MODES.includes(mode))
  if (unknown === undefined) return true
  const near = nearestName(unknown, MODES)
  report(flow, 'BP1811', name, {
    error: `"${unknown}" cannot stand before a variable's name and its type`,
    hint: near === undefined ? 'e.g. let integer x = 1' : `did you mean "${near}"?`,
  })
  return false
}

interface LetSettings {
  readonly type: string | undefined
  readonly mode: string
  readonly missing: Missing
}

function letExpression(value: Written, { type, mode, missing }: LetSettings, flow: FlowDesk): Expression {
  const options: InterpolateOptions = { missing }
  if (mode === 'disabled') return literal(value.text ?? value.node.value)
  if (value.text !== undefined && isBracketed(value, type)) return bracketed(value, flow, options)
  return mode === 'words' && value.text !== undefined
    ? letValue(value, flow, options)
    : valueOf(value, flow, options)
}

type Operations = Extract<StepAction, { readonly kind: 'transform' }>['operations']

/** `merge deep map`, `trim`, `json encode` … as operations, in that order. */
function operationsOf(modes: readonly string[], type: string | undefined): Operations {
  const words = (from: readonly string[]): readonly Expression[] =>
    modes.filter((mode) => from.includes(mode)).map((mode) => literal(mode))
  const has = (mode: string): boolean => modes.includes(mode)
  const language = ['yaml', 'json', 'bash'].find(has) as 'yaml' | 'json' | 'bash' | undefined
  const kind = ['list', 'set', 'map'].find((word) => has(word) || word === type) ?? ''
  return [
    ...(has('wait') ? [{ name: 'wait' as const, arguments: [] }] : []),
    ...(has('merge') ? [{ name: 'merge' as const, arguments: [literal(kind), ...words(['deep'])] }] : []),
    ...(has('trim') ? [{ name: 'trim' as const, arguments: [] }] : []),
    ...(language === undefined ? [] : [{ name: language, arguments: words(['encode', 'parse', 'string']) }]),
  ]
}

function transform(fields: StepFields, flow: FlowDesk): Made | undefined {
  const name = fields.get('variable.name')
  const written = fields.get('transform')
  if (name === undefined || written === undefined) return undefined
  const isPlain = fields.has('value_is_initial') || fields.text('variable.type') === 'value'
  const type = fields.text('variable.type') === 'value' ? {} : typed(fields, flow)
  return readTransforms(
    {
      name,
      written,
      ...held('value', fields.get('value')),
      ...type,
      plain: isPlain,
    },
    flow,
  )
}
