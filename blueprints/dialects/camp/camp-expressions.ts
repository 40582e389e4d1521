import { type EntityReference, type Expression, type Json, literal } from '../../../engine/index.js'
import type { TranslationDesk } from '../../dialect.js'
import type { ProblemCode } from '../../problems.js'
import type { DocumentNode } from '../../read/document-node.js'
import { suggestionFor } from '../../suggest.js'
import { isTemplate } from '../../template/template-references.js'
import { templateExpression } from '../../template/template-expression.js'
import {
  DSL_PREFIX,
  type DslCall,
  type DslChain,
  type DslIndex,
  type DslValue,
  parseDsl,
} from './camp-dsl.js'
import { FUNCTIONS, type Fault, type Made, NOT_YET, argumentFault } from './camp-functions.js'

/** A value of the document as an expression: `$brooklyn:` is read wherever it stands, everything else is itself. */
export function readExpression(node: DocumentNode, desk: TranslationDesk): Expression {
  const made = expressionOf(node, desk)
  return made.kind === 'literal'
    ? desk.origins.mark(literal(made.value), node.place)
    : desk.origins.mark(made, node.place)
}

/** Like `readExpression`, and a text with `{{ }}` or `{% %}` in it is a template. For texts that no shell reads. */
export function readTemplated(node: DocumentNode, desk: TranslationDesk): Expression {
  const { text } = node
  if (text === undefined || text.startsWith(DSL_PREFIX) || !isTemplate(text))
    return readExpression(node, desk)
  const read = templateExpression(text)
  if ('expression' in read) return desk.origins.mark(read.expression, node.place)
  for (const fault of read.faults) {
    desk.report(fault.code, `template: ${fault.message}`, node, { hint: fault.hint })
  }
  return literal('')
}

/** Whether a value of the document is an expression of this dialect, and not plain data. */
export function isDsl(node: DocumentNode): boolean {
  if (node.text?.startsWith(DSL_PREFIX) === true) return true
  const [first, ...rest] = node.entries()
  return first !== undefined && rest.length === 0 && first[0].startsWith(DSL_PREFIX)
}

function expressionOf(node: DocumentNode, desk: TranslationDesk): Expression {
  const { text } = node
  if (text !== undefined)
    return text.startsWith(DSL_PREFIX) ? textExpression(text, node, desk) : literal(text)
  if (node.isList) return gather(node.items().map((item) => readExpression(item, desk)))
  if (!node.isMap) return literal(node.value)
  const [first, ...rest] = node.entries()
  if (first !== undefined && rest.length === 0 && first[0].startsWith(DSL_PREFIX))
    return mapExpression(first[0], first[1], desk)
  const entries = node.entries().map(([key, part]) => [key, readExpression(part, desk)] as const)
  return entries.every(([, part]) => part.kind === 'literal')
    ? literal(Object.fromEntries(entries.map(([key, part]) => [key, literalValue(part)])))
    : { kind: 'map', entries: Object.fromEntries(entries) }
}

function gather(items: readonly Expression[]): Expression {
  return items.every((item) => item.kind === 'literal')
    ? literal(items.map(literalValue))
    : { kind: 'list', items }
}

function literalValue(expression: Expression): Json {
  return expression.kind === 'literal' ? expression.value : null
}

function textExpression(text: string, node: DocumentNode, desk: TranslationDesk): Expression {
  const parsed = parseDsl(text)
  if ('chain' in parsed) return settle(interpret(parsed.chain), node, desk)
  const place = node.placeInside(parsed.offset, 1)
  const hint = 'e.g. $brooklyn:component("web").attributeWhenReady("endpoint")'
  desk.reportAt('BP1301', `the expression cannot be read: ${parsed.error}`, place, {
    pointer: node.pointer,
    hint,
  })
  return literal(null)
}

/** `$brooklyn:fn: [a, b]`: the last call takes what is under the key. */
function mapExpression(key: string, under: DocumentNode, desk: TranslationDesk): Expression {
  if (key === `${DSL_PREFIX}literal`) return literal(plainValue(under.value))
  const parsed = parseDsl(key)
  if ('error' in parsed) {
    desk.reportAt('BP1301', `the expression cannot be read: ${parsed.error}`, under.keyPlace, {
      pointer: under.pointer,
      hint: 'e.g. $brooklyn:config: name',
    })
    return literal(null)
  }
  const last = parsed.chain.links.at(-1)
  const given = under.isList ? under.items() : under.value === null ? [] : [under]
  if (last?.kind !== 'call' || last.called) {
    if (given.length === 0) return settle(interpret(parsed.chain), under, desk)
    desk.reportAt('BP1303', 'arguments are given twice', under.keyPlace, {
      pointer: under.pointer,
      hint: 'write them in one place',
    })
    return literal(null)
  }
  const values = given.map((item): Argument => ({
    kind: 'expression',
    expression: readExpression(item, desk),
  }))
  return settle(interpret(parsed.chain, values), under, desk)
}

/** A plain copy, without the bare objects of the reader. */
function plainValue(value: Json): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}

type Argument = { readonly kind: 'expression'; readonly expression: Expression }

/** The meaning of a chain of calls; `extra` are the arguments of its last call. */
function interpret(chain: DslChain, extra?: readonly Argument[]): Made {
  let made: Made = { kind: 'entity', of: SELF, explicit: false }
  for (const [at, link] of chain.links.entries()) {
    const isLast = at === chain.links.length - 1
    made = link.kind === 'index' ? indexed(made, link) : called(made, link, isLast ? extra : undefined)
    if (made.kind === 'fault') return made
  }
  return made
}

const SELF: EntityReference = { scope: 'self' }

function indexed(made: Made, link: DslIndex): Made {
  if (made.kind === 'value')
    return { kind: 'value', expression: { kind: 'access', of: made.expression, key: link.key } }
  return {
    kind: 'fault',
    code: 'BP1303',
    message: 'an entity has no members in brackets',
    hint: 'take a value of it first',
    offset: link.offset,
  }
}

function called(made: Made, call: DslCall, extra: readonly Argument[] | undefined): Made {
  const name = call.name
  const make = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
  if (make === undefined) return unknownFunction(call)
  const values = extra?.map((argument) => argument.expression) ?? call.arguments.map(argumentOf)
  const fault = values.find((value): value is Fault => value.kind === 'fault')
  if (fault !== undefined) return fault
  const result = make(made, values as readonly Expression[])
  return result.kind === 'fault' ? { ...result, offset: call.offset } : result
}

function argumentOf(value: DslValue): Expression | Fault {
  if (value.kind === 'value') return literal(value.value)
  const made = interpret(value)
  if (made.kind === 'entity')
    return argumentFault('an entity cannot be an argument', 'take a value of it, e.g. .entityId()')
  return made.kind === 'value' ? made.expression : made
}

function unknownFunction(call: DslCall): Fault {
  const { offset } = call
  if (NOT_YET.includes(call.name)) {
    const hint = `these are: ${Object.keys(FUNCTIONS).join(', ')}`
    return {
      kind: 'fault',
      code: 'BP1108',
      message: `the function ${call.name} is not supported yet`,
      hint,
      offset,
    }
  }
  const hint = suggestionFor(call.name, Object.keys(FUNCTIONS)) ?? ''
  return {
    kind: 'fault',
    code: 'BP1302',
    message: `there is no function "${call.name}"`,
    hint,
    offset,
    length: call.name.length,
  }
}

function settle(made: Made, node: DocumentNode, desk: TranslationDesk): Expression {
  if (made.kind === 'value') return made.expression
  const fault: Fault =
    made.kind === 'fault'
      ? made
      : {
          kind: 'fault',
          code: 'BP1308',
          message: 'an entity alone is no value',
          hint: 'take a value of it, e.g. .attributeWhenReady("endpoint")',
          offset: 0,
        }
  const place = node.text === undefined ? node.place : node.placeInside(fault.offset, fault.length ?? 1)
  const code: ProblemCode = fault.code
  desk.reportAt(code, fault.message, place, { pointer: node.pointer, hint: fault.hint })
  return literal(null)
}
