import type { Problem } from '../../engine/index.js'
import { contradiction } from '../config/decode.js'
import { NONE } from '../config/field.js'
import { ExpressionLanguage, type RuleExpression } from './expression.js'

const LANGUAGE = new ExpressionLanguage({ value: 'any' })

/** What the setting "when" of a type says about "value", where it says anything; or what is wrong with it. */
export function valueCondition(
  type: string,
  when: string,
): { readonly condition: RuleExpression | undefined } | { readonly problem: Problem } {
  if (when === NONE) return { condition: undefined }
  const compiled = LANGUAGE.compile(when, 'flag')
  if ('expression' in compiled) return { condition: compiled.expression }
  const hint = 'Mend the expression, e.g. value > 10.'
  return { problem: contradiction(type, 'when', compiled.fault.message, hint) }
}
