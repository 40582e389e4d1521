import { type EntityReference, type Expression, type Json, literal } from '../../../../engine/index.js'
import type { TranslationDesk } from '../../../dialect.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { suggestionFor } from '../../../suggest.js'
import { misspeltKey, reportUnknownKey } from '../../../unknown-key.js'
import { isTemplate } from '../../../template/template-references.js'
import { templateExpression } from '../../../template/template-expression.js'
import { DSL_PREFIX, type DslCall, type DslChain, type DslIndex, type DslValue, parseDsl } from './dsl.js'
import { FUNCTIONS, UNREAD } from './functions.js'
import { SPELLINGS } from '../keys.js'
import { type Fault, type Made, argumentFault, warningOf } from './made.js'

/** A value of the document as an expression: `$brooklyn:` is read wherever it stands, everything else is itself. */
export function readExpression(node: DocumentNode, desk: TranslationDesk): Expression {
  const made = expressionOf(node, desk)
  if (made.kind !== 'literal') return desk.origins.mark(made, node.place)
  const value = desk.origins.mark(literal(made.value), node.place)
  return desk.origins.markInside(value, (steps) => node.nearest(steps).place)
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
  if (first !== undefined && rest.length === 0 && isCallWithout(first[0]))
    return mapExpression(first[0], first[1], desk)
  return gatherMap(
    node.entries().map(([key, part]) => [keyOf(key, part, desk), readExpression(part, desk)] as const),
  )
}

function gather(items: readonly Expression[]): Expression {
  return items.every((item) => item.kind === 'literal')
    ? literal(items.map(literalValue))
    : { kind: 'list', items }
}

function gatherMap(entries: readonly (readonly [string, Expression])[]): Expression {
  return entries.every(([, part]) => part.kind === 'literal')
    ? literal(Object.fromEntries(entries.map(([key, part]) => [key, literalValue(part)])))
    : { kind: 'map', entries: Object.fromEntries(entries) }
}

function literalValue(expression: Expression): Json {
  return expression.kind === 'literal' ? expression.value : null
}

/** Whether a key is a call whose arguments stand under it, or one that cannot be read. */
function isCallWithout(key: string): boolean {
  if (!key.startsWith(DSL_PREFIX)) return false
  const parsed = parseDsl(key)
  if ('error' in parsed) return true
  const last = parsed.chain.links.at(-1)
  return last?.kind === 'call' && !last.called
}

/** A key that is a call with its arguments is the text that this gives: e.g. the name of a sensor. */
function keyOf(key: string, part: DocumentNode, desk: TranslationDesk): string {
  const parsed = key.startsWith(DSL_PREFIX) ? parseDsl(key) : undefined
  if (parsed === undefined) return key
  const made = 'chain' in parsed ? interpret(parsed.chain, { start: START }) : undefined
  const value =
    made?.kind === 'value' && made.expression.kind === 'literal' ? made.expression.value : undefined
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  desk.reportAt('BP1308', `the key "${key}" is not known before something runs`, part.keyPlace, {
    pointer: part.pointer,
    hint: 'a key is written as it is, or with $brooklyn:sensor("name") or $brooklyn:literal("text")',
  })
  return key
}

function textExpression(text: string, node: DocumentNode, desk: TranslationDesk): Expression {
  const parsed = parseDsl(text)
  if ('chain' in parsed) return settle(interpret(parsed.chain, { start: startOf(node) }), node, desk)
  const place = node.placeInside(parsed.offset, 1)
  desk.reportAt('BP1301', `the expression cannot be read: ${parsed.error}`, place, {
    pointer: node.pointer,
    hint: 'e.g. $brooklyn:component("web").attributeWhenReady("endpoint")',
  })
  return literal(null)
}

/** `$brooklyn:fn: [a, b]`: the last call takes what is under the key. */
function mapExpression(key: string, under: DocumentNode, desk: TranslationDesk): Expression {
  const parsed = parseDsl(key)
  if ('error' in parsed) {
    desk.reportAt('BP1301', `the expression cannot be read: ${parsed.error}`, under.keyPlace, {
      pointer: under.pointer,
      hint: 'e.g. $brooklyn:config: name',
    })
    return literal(null)
  }
  const [only, ...more] = parsed.chain.links
  if (only?.kind === 'call' && more.length === 0 && UNREAD.includes(only.name))
    return settle(unread(only.name, under, desk), under, desk)
  const extra = argumentsUnder(under, desk)
  return settle(interpret(parsed.chain, { extra, start: startOf(under) }), under, desk)
}

function argumentsUnder(under: DocumentNode, desk: TranslationDesk): readonly Expression[] {
  const given = under.isList ? under.items() : under.value === null ? [] : [under]
  return given.map((item) => readExpression(item, desk))
}

/** A function that takes what is under it as it is written. */
function unread(name: string, under: DocumentNode, desk: TranslationDesk): Made {
  if (name === 'chain') return chained(under, desk)
  const expression = literal(plainValue(under.value))
  if (name === 'literal') return { kind: 'value', expression }
  const meant = under.isMap ? misspeltKey(under, SPELLINGS.type) : undefined
  if (meant !== undefined) reportUnknownKey(desk, meant, SPELLINGS.type)
  if (!under.isMap && under.text === undefined)
    return argumentFault('entitySpec takes a map', 'e.g. { $brooklyn:entitySpec: { type: software } }')
  return { kind: 'value', expression, warning: warningOf('no entity is made of this here', SPEC_HINT) }
}

const SPEC_HINT = 'a member is written under "memberSpec", a child under "brooklyn.children"; here it is data'

/** Each item is a call on what the one before it gave: a text, or a map of one function and its arguments. */
function chained(under: DocumentNode, desk: TranslationDesk): Made {
  const start = startOf(under)
  let made = start
  for (const item of under.items()) {
    const [first, ...rest] = item.entries()
    const isCall = item.isMap && first !== undefined && rest.length === 0
    const text = isCall ? first[0] : item.text
    const parsed = text === undefined ? undefined : parseDsl(text)
    if (parsed === undefined || 'error' in parsed) {
      const why = parsed === undefined ? 'each item of a chain is a call' : parsed.error
      return argumentFault(why, 'e.g. [$brooklyn:entity("web"), config: port]')
    }
    made = interpret(parsed.chain, {
      ...(isCall ? { extra: argumentsUnder(first[1], desk) } : {}),
      start,
      on: made,
    })
  }
  return made
}

/** A plain copy, without the bare objects of the reader. */
function plainValue(value: Json): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}

const SELF: EntityReference = { scope: 'self' }
const START: Made = { kind: 'entity', of: SELF, explicit: false }

/** Where a value is written: it means what it means there, wherever it is put. */
function startOf({ up }: DocumentNode): Made {
  let of = SELF
  for (let level = 0; level < up; level += 1)
    of = of === SELF ? { scope: 'parent' } : { scope: 'parent', from: of }
  return of === SELF ? START : { kind: 'entity', of, explicit: false }
}

interface Reading {
  /** The arguments of the last call, where they are not in the chain. */
  readonly extra?: readonly Expression[]
  /** What chains begin with. */
  readonly start: Made
  /** What this one begins with, where that is something else. */
  readonly on?: Made
}

/** The meaning of a chain of calls. */
function interpret(chain: DslChain, { extra, start, on = start }: Reading): Made {
  let made = on
  let warning: Fault | undefined
  const last = chain.links.length - 1
  for (const [at, link] of chain.links.entries()) {
    made = linked(made, link, at === last && extra !== undefined ? { start, extra } : { start })
    if (made.kind === 'fault') return made
    if (made.kind === 'value') warning ??= made.warning
  }
  return made.kind === 'value' && warning !== undefined ? { ...made, warning } : made
}

function linked(made: Made, link: DslChain['links'][number], reading: Reading): Made {
  return link.kind === 'index' ? indexed(made, link) : called(made, link, reading)
}

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

function called(made: Made, call: DslCall, { start, extra }: Reading): Made {
  const { name, offset } = call
  const make = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
  if (make === undefined) return unknownFunction(call)
  const values = extra ?? call.arguments.map((value) => argumentOf(value, start))
  const fault = values.find((value): value is Fault => value.kind === 'fault')
  if (fault !== undefined) return fault
  const result = make(made, values as readonly Expression[])
  return result.kind === 'fault' ? { ...result, offset } : result
}

function argumentOf(value: DslValue, start: Made): Expression | Fault {
  if (value.kind === 'value') return literal(value.value)
  if (value.kind === 'chain') return asValue(interpret(value, { start }))
  const parts = value.kind === 'list' ? value.items : Object.values(value.entries)
  const made = parts.map((part) => argumentOf(part, start))
  const fault = made.find((part): part is Fault => part.kind === 'fault')
  if (fault !== undefined) return fault
  const read = made as readonly Expression[]
  if (value.kind === 'list') return gather(read)
  return gatherMap(Object.keys(value.entries).map((key, at) => [key, read[at] ?? literal(null)]))
}

/** An entity alone is a value too. */
function asValue(made: Made): Expression | Fault {
  if (made.kind === 'entity') return { kind: 'entity-id', of: made.of }
  return made.kind === 'value' ? made.expression : made
}

function unknownFunction({ name, offset }: DslCall): Fault {
  const at = { kind: 'fault', offset, length: name.length } as const
  if (UNREAD.includes(name)) {
    const hint = `e.g. { $brooklyn:${name}: … }`
    return { ...at, code: 'BP1303', message: `${name} takes what is written under it`, hint }
  }
  const hint = suggestionFor(name, [...Object.keys(FUNCTIONS), ...UNREAD]) ?? ''
  return { ...at, code: 'BP1302', message: `there is no function "${name}"`, hint }
}

function settle(made: Made, node: DocumentNode, desk: TranslationDesk): Expression {
  const said = made.kind === 'fault' ? made : made.kind === 'value' ? made.warning : undefined
  if (said !== undefined) {
    const { code, message, hint, severity = 'error', offset, length = 1 } = said
    const place = node.text === undefined ? node.place : node.placeInside(offset, length)
    desk.reportAt(code, message, place, { pointer: node.pointer, hint, severity })
  }
  const value = asValue(made)
  return value.kind === 'fault' ? literal(null) : value
}
