import { type Expression, type Json, type StepSpec, type WorkflowSpec } from '../../../../engine/index.js'

type Variable = Extract<Expression, { readonly kind: 'variable' }>

/** What a workflow sets, and whether it may have names that nobody can list: of what steps give. */
export function variablesSet(workflow: WorkflowSpec): {
  readonly names: readonly string[]
  readonly isOpen: boolean
} {
  const steps = allSteps(workflow)
  const names = steps.flatMap((step) => [
    ...Object.keys(step.input),
    ...variableOf(step),
    ...outputNames(step),
  ])
  const inner = steps.flatMap(({ does }) => (does.kind === 'run' ? namesOf(does.workflow) : []))
  return {
    names: [...namesOf(workflow), ...names, ...inner, 'target', 'target_index', 'item', 'child'],
    isOpen: steps.some(isOpen),
  }
}

function variableOf({ does }: StepSpec): readonly string[] {
  const { variable } = does as { readonly variable?: { readonly name: string } }
  return variable === undefined ? [] : [variable.name]
}

function namesOf({ input, each }: WorkflowSpec): readonly string[] {
  const as = each === undefined ? [] : typeof each.as === 'string' ? [each.as] : each.as
  return [
    ...Object.keys(input),
    ...as,
    ...(each === undefined ? [] : [each.indexAs]),
    ...Object.keys(each?.reducing ?? {}),
  ]
}

const PRINTING: ReadonlySet<string> = new Set<StepSpec['does']['kind']>(['command', 'container'])
const COMMAND_OUTPUT = ['stdout', 'stderr', 'exit_code']
const HTTP_OUTPUT = ['status_code', 'headers', 'content', 'content_json', 'content_bytes', 'duration']

function outputNames({ does, output }: StepSpec): readonly string[] {
  const own = PRINTING.has(does.kind) ? COMMAND_OUTPUT : does.kind === 'http' ? HTTP_OUTPUT : []
  const tree = does.kind === 'add-entity' ? ['entity', 'entities'] : does.kind === 'deploy' ? ['app'] : []
  const added = does.kind === 'add-policy' ? ['policy', 'enricher'] : []
  const said =
    output?.kind === 'map'
      ? Object.keys(output.entries)
      : output?.kind === 'literal'
        ? keysOf(output.value)
        : []
  return [...own, ...tree, ...added, ...said]
}

function keysOf(value: Json): readonly string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : []
}

const OPEN: ReadonlySet<StepSpec['does']['kind']> = new Set([
  'invoke',
  'run',
  'transform',
  'wait',
  'return',
  'switch',
] as const)

/** Whether what comes out of a step may be a map with any keys. */
function isOpen({ does, output }: StepSpec): boolean {
  if (output !== undefined && output.kind !== 'map' && output.kind !== 'literal') return true
  return OPEN.has(does.kind)
}

/** Every variable that is asked for by its name alone. */
export function variablesAsked(workflow: WorkflowSpec): readonly Variable[] {
  const found: Variable[] = []
  collect(workflow, found, false)
  return found
}

/** Expressions are data, so what they are made of is found by looking at all of it. */
function collect(part: unknown, found: Variable[], isOptional: boolean): void {
  if (typeof part !== 'object' || part === null) return
  if (isVariable(part)) {
    if (part.of === 'any' && !isOptional) found.push(part)
    return
  }
  const inside = isOptional || ('kind' in part && part.kind === 'first-known') || 'subject' in part
  for (const child of Object.values(part)) collect(child, found, inside)
}

function isVariable(part: object): part is Variable {
  return 'kind' in part && part.kind === 'variable' && 'path' in part
}

/** All steps of a workflow, with those inside of others. */
export function allSteps(workflow: WorkflowSpec): readonly StepSpec[] {
  return [...workflow.steps, ...(workflow.onError?.steps ?? [])].flatMap((step) => [step, ...below(step)])
}

function below({ does, onError }: StepSpec): readonly StepSpec[] {
  const inner = [
    ...(onError?.steps ?? []),
    ...(does.kind === 'switch' ? does.cases.flatMap((one) => one.steps) : []),
  ]
  const run = workflowsIn(does).flatMap(allSteps)
  return [...inner.flatMap((step) => [step, ...below(step)]), ...run]
}

/** Workflows that a step does as a part of it. */
function workflowsIn(does: StepSpec['does']): readonly WorkflowSpec[] {
  if (does.kind === 'run') return [does.workflow]
  if (does.kind !== 'update-children') return []
  const { match, creation, deletion, onCreate, onUpdate, onDelete } = does
  return [match, creation, deletion, onCreate, onUpdate, onDelete].filter((one) => one !== undefined)
}
