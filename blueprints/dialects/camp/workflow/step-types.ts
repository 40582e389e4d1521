import { BOOK_STEPS } from './steps-books.js'
import { FLOW_STEPS } from './steps-flow.js'
import { OUTSIDE_STEPS } from './steps-outside.js'
import { TREE_STEPS } from './steps-tree.js'
import { VARIABLE_STEPS } from './steps-variables.js'
import type { StepKind } from './step-kind.js'

/** Every kind of step, by the name that it is written with. */
export const STEP_KINDS: { readonly [name: string]: StepKind } = {
  ...VARIABLE_STEPS,
  ...FLOW_STEPS,
  ...BOOK_STEPS,
  ...TREE_STEPS,
  ...OUTSIDE_STEPS,
}

/** Other names of these. */
const ALIASES: { readonly [name: string]: string } = {
  'set-workflow-variable': 'let',
}

/** Names that a step may be written with. */
export const STEP_NAMES: readonly string[] = [...Object.keys(STEP_KINDS), ...Object.keys(ALIASES)]

/** The kind of step of a name, or of the Java class that Brooklyn has for it. */
export function stepKindOf(name: string): StepKind | undefined {
  const plain = name.includes('.') ? ofClass(name) : name
  const known = Object.hasOwn(ALIASES, plain) ? (ALIASES[plain] ?? plain) : plain
  return Object.hasOwn(STEP_KINDS, known) ? STEP_KINDS[known] : undefined
}

/** `….steps.appmodel.InvokeEffectorWorkflowStep` is `invoke-effector`. */
function ofClass(name: string): string {
  const word = /\.([A-Za-z]+)WorkflowStep$/.exec(name)?.[1] ?? ''
  const words = word.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase()
  return CLASSES[words] ?? words
}

const CLASSES: { readonly [words: string]: string } = {
  custom: 'workflow',
  sub: 'subworkflow',
  'set-variable': 'let',
  'clear-variable': 'clear-workflow-variable',
  'transform-variable': 'transform',
}
