import type {
  ConditionSpec,
  Expression,
  Json,
  Predicate,
  StepAction,
  StepSpec,
  WorkflowSpec,
} from '../../engine/index.js'

/** A workflow of these steps that says nothing else. */
export function workflow(steps: readonly StepSpec[], more: Partial<WorkflowSpec> = {}): WorkflowSpec {
  return { steps, input: {}, replay: { allowed: true, fromStart: false }, idempotent: false, ...more }
}

/** A step. */
export function does(action: StepAction, more: Partial<StepSpec> = {}): StepSpec {
  return { input: {}, does: action, ...more }
}

/** A value as an expression. */
export function lit(value: Json): Expression {
  return { kind: 'literal', value }
}

/** A variable by its name, or a part of one. */
export function variable(...path: readonly (string | number)[]): Expression {
  return { kind: 'variable', of: 'any', path }
}

/** Two values added. */
export function plus(left: Expression, right: Expression): Expression {
  return { kind: 'arithmetic', operator: '+', left, right }
}

/** Sets a variable. */
export function set(name: string, value: Expression, more: Partial<StepSpec> = {}): StepSpec {
  return does({ kind: 'set', variable: { name, path: [] }, value }, more)
}

/** Sets a sensor of the entity where it runs. */
export function setSensor(sensor: string, value: Expression, more: Partial<StepSpec> = {}): StepSpec {
  return does({ kind: 'set-sensor', sensor, path: [], value }, more)
}

/** Gives a value and ends. */
export function gives(value: Expression, more: Partial<StepSpec> = {}): StepSpec {
  return does({ kind: 'return', value }, more)
}

/** Fails with a message. */
export function fails(message: string, more: Partial<StepSpec> = {}): StepSpec {
  return does({ kind: 'fail', message: lit(message), rethrow: false }, more)
}

/** Steps for each value of a list. */
export function forEach(
  values: readonly Json[],
  steps: readonly StepSpec[],
  more: Partial<NonNullable<WorkflowSpec['each']>> = {},
): StepSpec {
  const each = {
    targets: { kind: 'value', of: lit(values) },
    as: 'target',
    indexAs: 'target_index',
    ...more,
  } as const
  return does({ kind: 'run', scope: 'own', workflow: workflow(steps, { each }) })
}

/** That something is as a predicate says. */
export function that(subject: Expression, predicate: Predicate): ConditionSpec {
  return { subject, predicate: lit(predicate) }
}
