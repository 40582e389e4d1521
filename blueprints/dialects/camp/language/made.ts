import type { EntityReference, Expression } from '../../../../engine/index.js'
import type { ProblemCode } from '../../../problems.js'

/** What is wrong with a call; `offset` counts from the beginning of the expression's text. */
export interface Fault {
  readonly kind: 'fault'
  readonly code: ProblemCode
  readonly message: string
  readonly hint: string
  readonly offset: number
  readonly length?: number
  readonly severity?: 'warning'
}

/** What a chain of calls stands for so far. */
export type Made =
  | {
      readonly kind: 'entity'
      readonly of: EntityReference
      /** Whether it was named, or is only where we are. */ readonly explicit: boolean
    }
  | {
      readonly kind: 'value'
      readonly expression: Expression
      /** What is said of it, though it is a value. */ readonly warning?: Fault
    }
  | Fault

/** A fault in the arguments of a call. */
export function argumentFault(message: string, hint: string): Fault {
  return { kind: 'fault', code: 'BP1303', message, hint, offset: 0 }
}

/** A fault that leaves the value as it is. */
export function warningOf(message: string, hint: string): Fault {
  return { kind: 'fault', code: 'BP1108', message, hint, offset: 0, severity: 'warning' }
}

/** A text or number that is written where it stands. */
export function textOf(value: Expression | undefined): string | undefined {
  return value?.kind === 'literal' && (typeof value.value === 'string' || typeof value.value === 'number')
    ? String(value.value)
    : undefined
}
