import type { StepAction, StepSpec } from '../../../../engine/index.js'
import type { FlowDesk } from './flow-desk.js'
import { type ShorthandTemplate, template, variablesOf } from './shorthand-template.js'
import type { StepFields } from './step-fields.js'

/** What a step does, and what it says of itself by that. */
export type Made = Partial<StepSpec> & { readonly does: StepAction }

/** A kind of step: how its line is written, what it takes, and what it becomes. */
export interface StepKind {
  readonly shorthand: ShorthandTemplate
  /** Names of all that it takes; `a.b` is `b` in the map `a`. */
  readonly takes: readonly string[]
  /** What it cannot be without: of each list one. */
  readonly needed: readonly (readonly string[])[]
  /** An example of its line, for what to do about it. */
  readonly example: string
  /** Undefined where something is wrong, which was told. */
  readonly make: (fields: StepFields, flow: FlowDesk) => Made | undefined
}

/** How a kind of step is told in its table. */
export interface StepKindForm {
  readonly line: string
  readonly keys?: readonly string[]
  readonly needed?: readonly (string | readonly string[])[]
  readonly example: string
  readonly make: (fields: StepFields, flow: FlowDesk) => Made | undefined
}

/** A kind of step from its table. */
export function stepKind({ line, keys = [], needed = [], example, make }: StepKindForm): StepKind {
  const shorthand = template(line)
  return {
    shorthand,
    takes: [...new Set([...variablesOf(shorthand), ...keys])],
    needed: needed.map((one) => (typeof one === 'string' ? [one] : one)),
    example,
    make,
  }
}
