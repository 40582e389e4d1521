import { type ASTNode, Environment, EvaluationError, ParseError, TypeError } from '@marcbachmann/cel-js'
import { type Json, Pattern, isJsonObject } from '../../engine/index.js'

/** What a variable of an expression holds. */
export type VariableType = 'number' | 'text' | 'flag' | 'numbers' | 'any'

/** The variables that an expression may name. */
export type Variables = { readonly [name: string]: VariableType }

/** What an expression is to give. */
export type Wanted = 'flag' | 'number' | 'any'

/** What is wrong with the text of an expression, and with which part of it (positions in the text, from 0). */
export interface ExpressionFault {
  readonly message: string
  readonly start: number
  readonly end: number
}

/** The value, or in words why there is none. */
export type Evaluated = { readonly value: Json } | { readonly fault: string }

/** An expression that is known to be sound: its names, its types and what it may cost. */
export interface RuleExpression {
  readonly text: string
  /** The variables that it names. */
  readonly names: ReadonlySet<string>
  /** Never throws; a division by zero, a number that is none or a value of another type is a fault. */
  evaluate(values: { readonly [name: string]: Json }): Evaluated
}

const NAME = /^[a-z][A-Za-z0-9_]{0,62}$/

/** Whether a text can be a name in expressions. */
export function isVariableName(name: string): boolean {
  return NAME.test(name)
}

/** A language of expressions over some variables. */
export class ExpressionLanguage {
  readonly #environment: Environment
  readonly #variables: Variables

  /** Compiles for a fixed set of variables. */
  constructor(variables: Variables) {
    this.#variables = variables
    this.#environment = environmentFor(variables)
  }

  /** The expression, or what is wrong with it. */
  compile(
    text: string,
    wanted: Wanted,
  ): { readonly expression: RuleExpression } | { readonly fault: ExpressionFault } {
    if (text.length > LONGEST_TEXT)
      return faultAt(`an expression has at most ${LONGEST_TEXT} characters`, text)
    try {
      const parsed = this.#environment.parse(text)
      const excess = excessOf(parsed.ast)
      if (excess !== undefined) return { fault: excess }
      const checked = parsed.check()
      if (!checked.valid) return { fault: faultOf(checked.error, text) }
      if (!fits(checked.type ?? 'dyn', wanted))
        return faultAt(`it gives ${shown(checked.type)}, and ${WANTED[wanted]} is wanted`, text)
      const names = namesIn(parsed.ast, this.#variables)
      return { expression: { text, names, evaluate: (values) => evaluated(parsed, values, wanted) } }
    } catch (thrown) {
      return { fault: faultOf(thrown, text) }
    }
  }
}

const LONGEST_TEXT = 2_000
const LARGEST_TEXT = 10_000
const LONGEST_LIST = 1_000

/** Nodes, depth and literals of one expression. */
const LIMITS = {
  maxAstNodes: 400,
  maxDepth: 24,
  maxListElements: 100,
  maxMapEntries: 100,
  maxCallArguments: 8,
}

/** How deep `map`, `filter` and the like may stand in each other: each multiplies the work by the length of a list. */
const DEEPEST_LOOPS = 2
const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter'])

/** What would cost without bound: their patterns are not those of this language, or they make texts without end. */
const REFUSED: ReadonlySet<string> = new Set(['matches', 'bind', 'join', 'split', 'base64', 'hex'])

const TYPES: { readonly [type in VariableType]: string } = {
  number: 'double',
  text: 'string',
  flag: 'bool',
  numbers: 'list<double>',
  any: 'dyn',
}

const WANTED: { readonly [wanted in Wanted]: string } = {
  flag: 'true or false',
  number: 'a number',
  any: 'a value',
}

const FITTING: { readonly [wanted in Wanted]: readonly string[] } = {
  flag: ['bool', 'dyn'],
  number: ['double', 'int', 'uint', 'dyn'],
  any: [],
}

function environmentFor(variables: Variables): Environment {
  const environment = new Environment({ limits: LIMITS })
  for (const [name, type] of Object.entries(variables)) environment.registerVariable(name, TYPES[type])
  addArithmetic(environment)
  addFunctions(environment)
  return environment
}

/** Numbers of JSON are doubles, and numbers as people write them are whole: the two go together. */
function addArithmetic(environment: Environment): void {
  const operators: { readonly [sign: string]: (a: number, b: number) => number } = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => a / b,
  }
  for (const [sign, compute] of Object.entries(operators)) {
    environment.registerOperator(`double ${sign} int: double`, (a: number, b: bigint) =>
      compute(a, Number(b)),
    )
    environment.registerOperator(`int ${sign} double: double`, (a: bigint, b: number) =>
      compute(Number(a), b),
    )
  }
}

function addFunctions(environment: Environment): void {
  for (const name of ['ceil', 'floor', 'round', 'abs'] as const) {
    environment.registerFunction(`${name}(double): double`, (x: number) => Math[name](x))
    environment.registerFunction(`${name}(int): int`, (x: bigint) => (name === 'abs' && x < 0n ? -x : x))
  }
  for (const name of ['min', 'max'] as const)
    for (const a of ['double', 'int'])
      for (const b of ['double', 'int'])
        environment.registerFunction(
          `${name}(${a}, ${b}): double`,
          (x: number | bigint, y: number | bigint) => Math[name](Number(x), Number(y)),
        )
  environment.registerFunction('sum(list<double>): double', (xs: readonly number[]) =>
    xs.reduce((a, b) => a + b, 0),
  )
  environment.registerFunction('average(list<double>): double', (xs: readonly number[]) =>
    xs.length === 0 ? Number.NaN : xs.reduce((a, b) => a + b, 0) / xs.length,
  )
  environment.registerFunction('string.like(string): bool', (text: string, pattern: string) => {
    const compiled = Pattern.compile(pattern)
    if ('error' in compiled) throw new EvaluationError(`the pattern cannot be used: ${compiled.error}`)
    return compiled.pattern.find(text)
  })
}

/** What of an expression may not be, if anything. Lists that are gone through one after the other multiply nothing. */
function excessOf(node: ASTNode, loops = 0): ExpressionFault | undefined {
  const called = node.op === 'call' || node.op === 'rcall' ? node.args[0] : ''
  const deeper = LOOPS.has(called) ? loops + 1 : loops
  const refused = refusedOf(called, deeper)
  if (refused !== undefined) return { message: refused, start: node.start, end: node.end }
  const receiver = node.op === 'rcall' ? node.args[1] : undefined
  for (const part of partsOf(node)) {
    const found = excessOf(part, part === receiver ? loops : deeper)
    if (found !== undefined) return found
  }
  return undefined
}

function refusedOf(called: string, loops: number): string | undefined {
  if (REFUSED.has(called)) return `"${called}" is not offered${called === 'matches' ? '; use like' : ''}`
  if (loops <= DEEPEST_LOOPS) return undefined
  return `lists are gone through within each other at most ${DEEPEST_LOOPS} deep`
}

function namesIn(ast: ASTNode, variables: Variables): ReadonlySet<string> {
  const names = new Set<string>()
  const look = (node: ASTNode): void => {
    if (node.op === 'id' && Object.hasOwn(variables, node.args)) names.add(node.args)
    for (const part of partsOf(node)) look(part)
  }
  look(ast)
  return names
}

/** What a node is made of; its arguments are nodes, lists of them, and names. */
function partsOf({ args }: ASTNode): readonly ASTNode[] {
  const found: ASTNode[] = []
  const look = (part: unknown): void => {
    if (Array.isArray(part)) for (const one of part) look(one)
    else if (typeof part === 'object' && part !== null && 'op' in part) found.push(part as ASTNode)
  }
  look(args)
  return found
}

function fits(type: string, wanted: Wanted): boolean {
  return wanted === 'any' || FITTING[wanted].includes(type)
}

function shown(type: string | undefined): string {
  return (
    { bool: 'true or false', double: 'a number', int: 'a number', string: 'a text' }[type ?? ''] ??
    `a ${type}`
  )
}

function evaluated(
  run: (values: { readonly [name: string]: unknown }) => unknown,
  values: { readonly [name: string]: Json },
  wanted: Wanted,
): Evaluated {
  try {
    const value = jsonOf(run(values))
    if (value === undefined) return { fault: 'it gives a value that cannot be kept' }
    if (wanted === 'flag' && typeof value !== 'boolean') return { fault: 'it gives neither true nor false' }
    if (wanted === 'number' && typeof value !== 'number') return { fault: 'it gives no number' }
    return { value }
  } catch (thrown) {
    return { fault: thrown instanceof EvaluationError ? lowered(thrown.summary) : 'it cannot be evaluated' }
  }
}

/** Undefined for what is no JSON, no finite number, or too large. */
function jsonOf(value: unknown): Json | undefined {
  switch (typeof value) {
    case 'bigint':
      return Number(value)
    case 'number':
      return Number.isFinite(value) ? value : undefined
    case 'string':
      return value.length <= LARGEST_TEXT ? value : undefined
    case 'boolean':
      return value
    default:
      return value === null ? null : structureOf(value)
  }
}

function structureOf(value: unknown): Json | undefined {
  const isList = Array.isArray(value)
  if (!isList && !isJsonObject(value as Json)) return undefined
  const entries = Object.entries(value as object)
  if (entries.length > LONGEST_LIST) return undefined
  const read = entries.map(([key, part]) => [key, jsonOf(part)] as const)
  if (read.some(([, part]) => part === undefined)) return undefined
  return isList ? read.map(([, part]) => part as Json) : (Object.fromEntries(read) as Json)
}

function faultOf(thrown: unknown, text: string): ExpressionFault {
  const isOurs =
    thrown instanceof ParseError || thrown instanceof TypeError || thrown instanceof EvaluationError
  if (!isOurs) return { message: 'it cannot be read', start: 0, end: text.length }
  const { start, end } = thrown.range ?? { start: 0, end: text.length }
  const message = lowered(thrown.summary)
  return { message, start, end: Math.max(end, start + 1) }
}

function faultAt(message: string, text: string): { readonly fault: ExpressionFault } {
  return { fault: { message, start: 0, end: text.length } }
}

function lowered(sentence: string): string {
  return `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`
}
