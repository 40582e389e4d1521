import { type Expression, literal } from '../../../../engine/index.js'
import { type FlowDesk, report } from './flow-desk.js'
import { type InterpolateOptions, interpolated, joined } from './interpolate.js'
import { type Formula, type Operator, readFormula } from './operators.js'
import type { Word } from './words.js'
import type { Written } from './written.js'

/** A value as "let" reads it: signs compute, and what stands in quotes is as it is. */
export function letValue(written: Written, flow: FlowDesk, options: InterpolateOptions = {}): Expression {
  const text = written.raw ?? ''
  const formula = readFormula(text)
  if (!('error' in formula)) return new LetWriter(written, flow, options).value(formula)
  report(flow, 'BP1816', written, formula)
  return literal(null)
}

/** A sign that computes. */
type Calculating = Extract<Expression, { readonly kind: 'arithmetic' }>['operator']

const ORDERS: { readonly [sign: string]: Extract<Expression, { readonly kind: 'compare' }>['is'] } = {
  '==': 'equal',
  '<': 'less',
  '<=': 'at-most',
  '>': 'more',
  '>=': 'at-least',
}

class LetWriter {
  readonly #written: Written
  readonly #flow: FlowDesk
  readonly #options: InterpolateOptions

  constructor(written: Written, flow: FlowDesk, options: InterpolateOptions) {
    this.#written = written
    this.#flow = flow
    this.#options = options
  }

  value(formula: Formula): Expression {
    switch (formula.kind) {
      case 'words':
        return this.#words(formula.words)
      case 'else':
        return { kind: 'first-known', of: this.#alternatives(formula) }
      case 'choice':
        return {
          kind: 'choose',
          by: this.#decided(formula.when),
          then: this.value(formula.yes),
          else: this.value(formula.no),
        }
      default:
        return this.#binary(formula)
    }
  }

  #alternatives({ first, other }: Extract<Formula, { readonly kind: 'else' }>): readonly Expression[] {
    const rest = other.kind === 'else' ? this.#alternatives(other) : [this.value(other)]
    return [this.value(first), ...rest]
  }

  #binary({ operator, left, right }: Extract<Formula, { readonly kind: 'binary' }>): Expression {
    const is = Object.hasOwn(ORDERS, operator) ? ORDERS[operator] : undefined
    if (is !== undefined) return { kind: 'compare', is, left: this.value(left), right: this.value(right) }
    if (operator === '&&' || operator === '||')
      return {
        kind: 'logic',
        operator: operator === '&&' ? 'and' : 'or',
        of: [this.#decided(left), this.#decided(right)],
      }
    return {
      kind: 'arithmetic',
      operator: operator as Calculating,
      left: this.#counted(left, operator),
      right: this.#counted(right, operator),
    }
  }

  /** True or false: also where that is a text. */
  #decided(formula: Formula): Expression {
    const value = this.value(formula)
    return value.kind === 'compare' || value.kind === 'logic'
      ? value
      : { kind: 'typed', type: 'boolean', value }
  }

  #counted(formula: Formula, operator: Operator): Expression {
    const value = this.value(formula)
    if (formula.kind !== 'words' || value.kind !== 'literal' || isNumber(value.value)) return value
    report(this.#flow, 'BP1816', this.#written, {
      error: `${JSON.stringify(value.value)} is no number, so "${operator}" cannot be computed`,
      hint: 'what is meant as text stands in quotes',
      ...spanOf(formula.words),
    })
    return value
  }

  #words(words: readonly Word[]): Expression {
    const parts = words.map((word) =>
      word.quoted
        ? literal(word.text)
        : interpolated(this.#written, this.#flow, { ...this.#options, text: word.raw, from: word.offset }),
    )
    return joined(parts)
  }
}

function isNumber(value: unknown): boolean {
  if (typeof value === 'number') return true
  return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))
}

function spanOf(words: readonly Word[]): { readonly offset: number; readonly length: number } {
  const offset = words[0]?.offset ?? 0
  const end = words.reduce((furthest, word) => Math.max(furthest, word.offset + word.raw.length), offset + 1)
  return { offset, length: end - offset }
}
