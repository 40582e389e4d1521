import { EntityValue } from '../expression/value.js'
import type { ConfigMap } from '../spec/entity-spec.js'
import type { EntityReference, Expression } from '../spec/expression.js'
import type { Predicate } from '../spec/predicate.js'
import type { StepAction, UpdateChildrenAction } from '../spec/step-action.js'
import type { ConditionSpec, EachSpec, StepSpec, WorkflowSpec } from '../spec/workflow-spec.js'
import type { Json } from '../support/json.js'
import { quiet } from './assign.js'
import { runStep } from './branches.js'
import { runError } from './errors.js'
import type { Frame } from './frame.js'
import type { Flow, StepState } from './run-record.js'
import { entityOf, failing, kept, known, type Known, type Walk } from './walk.js'

/**
 * Makes the children of an entity fit a list: a workflow of plainer steps, made anew each time that it is gone on with. What
 * its items are is found out when it begins.
 */
export function updateChildrenStep(
  walk: Walk,
  does: UpdateChildrenAction,
  step: StepState,
  frame: Frame,
): Flow {
  const steps = stepsFor(does, Object.keys(step.input))
  const items = step.branches === undefined ? itemsOf(walk, does, frame) : { value: {} }
  if ('flow' in items) return items.flow
  const flow = runStep(walk, { scope: 'own', workflow: workflowOf(steps, items.value) }, step, frame)
  return flow.kind === 'done' ? quiet(frame) : flow
}

/** What the items are found under, each with what it is known by: no name that a document can give. */
const MADE = '.items'

/** The parent, and each item with what it is known by and what a child for it is made from. */
function itemsOf(walk: Walk, does: UpdateChildrenAction, frame: Frame): Known<ConfigMap> {
  const parent = entityOf(walk, does.of, frame)
  if ('flow' in parent) return parent
  const items = kept(walk, does.items, frame)
  if ('flow' in items) return items
  if (!Array.isArray(items.value)) return { flow: failing(runError('its items are no list')) }
  const of = walk.world.keep(new EntityValue(parent.value))
  const made: Json[] = []
  for (const item of items.value as readonly Json[]) {
    const one = itemOf(walk, does, { ...frame, local: { item, parent: of } })
    if ('flow' in one) return one
    made.push({ item, ...one.value })
  }
  return { value: { parent: lit(of), [MADE]: lit(made) } }
}

function itemOf(
  walk: Walk,
  { identifier, blueprint }: UpdateChildrenAction,
  frame: Frame,
): Known<{ readonly id: Json; readonly blueprint: Json }> {
  const id = identifier === undefined ? { value: null } : known(walk, identifier, frame)
  if ('flow' in id) return id
  const identity = id.value === null ? null : walk.world.keep(id.value)
  if (identity === '') return { flow: failing(runError('what an item is known by is empty')) }
  const made = blueprint === undefined ? { value: null } : kept(walk, blueprint, frame)
  return 'flow' in made ? made : { value: { id: identity, blueprint: made.value } }
}

/** First for each item, then for each child that belongs to none. */
function stepsFor(does: UpdateChildrenAction, given: readonly string[]): readonly StepSpec[] {
  const inputs = Object.fromEntries(given.map((name) => [name, input(name)]))
  const parent = { parent: input('parent') }
  const child = { child: variable('child') }
  const all = { ...inputs, ...parent }
  const item = { ...all, item: variable('item') }
  const items = each({ kind: 'value', of: input(MADE) }, ['item', 'id', 'blueprint'])
  const added = each({ kind: 'added', of: { scope: 'value', of: input('parent') } }, 'child')
  return [
    run({ each: items, steps: itemSteps(does, { item, withChild: { ...item, ...child } }) }, { input: all }),
    set('current', OUTPUT),
    run(
      { each: added, steps: childSteps(does, { ...all, ...child }) },
      { input: { ...all, current: variable('current') } },
    ),
  ]
}

/** What is done for one item; gives its child. */
function itemSteps(
  { match, creation, onCreate, onUpdate }: UpdateChildrenAction,
  { item, withChild }: { readonly item: ConfigMap; readonly withChild: ConfigMap },
): readonly StepSpec[] {
  const checks = [match, creation].flatMap((check) => (check === undefined ? [] : checkSteps(check, item)))
  const isCreated = { subject: variable('created'), predicate: lit(TRUE) }
  return [
    set('child', lit(null)),
    set('created', lit(false)),
    ...checks,
    {
      input: {},
      condition: IS_NEW,
      does: {
        kind: 'add-entity',
        under: { scope: 'value', of: input('parent') },
        blueprint: orNull(variable('blueprint')),
        identity: orNull(variable('id')),
        start: 'begin',
      },
    },
    set('created', outputPart('created'), IS_NEW),
    set('child', outputPart('entity'), IS_NEW),
    { ...hook(onCreate, 'on_create', withChild), condition: isCreated },
    hook(onUpdate, 'on_update', withChild),
    gives(orNull(variable('child'))),
  ]
}

/** A check may say no, give a child or name one, or leave it at that; asked once nobody has given one. */
function checkSteps(check: WorkflowSpec, item: ConfigMap): readonly StepSpec[] {
  const found = variable('found')
  const named: EntityReference = { scope: 'child', id: found, from: { scope: 'value', of: input('parent') } }
  const isSaid = { subject: found, predicate: lit(SAID) }
  const isOnlyNamed = {
    subject: map({ found, child: orNull(variable('child')) }),
    predicate: lit({ kind: 'all', of: [part('found', SAID), part('child', ABSENT)] }),
  }
  return [
    set('found', lit(null)),
    { ...run(check, { input: item }), condition: IS_NEW },
    set('found', orNull(OUTPUT), IS_NEW),
    stop({ subject: found, predicate: lit(FALSE) }),
    set('child', orNull({ kind: 'entity-id', of: named }), isSaid),
    set('id', found, isOnlyNamed),
  ]
}

/** What is done with one child that was added: it goes unless an item has it, or somebody says no. */
function childSteps({ deletion, onDelete }: UpdateChildrenAction, given: ConfigMap): readonly StepSpec[] {
  const isCurrent = {
    subject: input('current'),
    predicate: map({ kind: lit('has-element'), of: map({ kind: lit('equals'), value: variable('child') }) }),
  }
  const isRefused = { subject: OUTPUT, predicate: lit(FALSE) }
  const asked = deletion === undefined ? [] : [run(deletion, { input: given }), stop(isRefused)]
  return [
    stop(isCurrent),
    ...asked,
    hook(onDelete, 'on_delete', given),
    stop({ subject: outputPart(0), predicate: lit(FALSE) }),
    { input: {}, does: { kind: 'remove-entity', entity: variable('child') } },
  ]
}

/** A workflow at a child, or the effector of a name where it has that; gives a list of what comes of it. */
function hook(workflow: WorkflowSpec | undefined, effector: string, given: ConfigMap): StepSpec {
  const calls: StepSpec = {
    input: {},
    does: { kind: 'invoke', effector, arguments: inputsOf(given), await: true, lenient: 'all' },
  }
  const inside = workflow === undefined ? calls : run(workflow, { input: inputsOf(given) })
  const at = each({ kind: 'value', of: variable('child') }, 'child')
  return run({ each: at, steps: [inside] }, { input: given })
}

function inputsOf(given: ConfigMap): ConfigMap {
  return Object.fromEntries(Object.keys(given).map((name) => [name, input(name)]))
}

function workflowOf(steps: readonly StepSpec[], input: ConfigMap): WorkflowSpec {
  return { steps, input, replay: { allowed: false, fromStart: false }, idempotent: true }
}

function run(
  workflow: Partial<WorkflowSpec> & { readonly steps: readonly StepSpec[] },
  more: Partial<StepSpec>,
): StepSpec {
  return step({ kind: 'run', scope: 'own', workflow: { ...workflowOf([], {}), ...workflow } }, more)
}

function step(does: StepAction, more: Partial<StepSpec> = {}): StepSpec {
  return { input: {}, ...more, does }
}

function set(name: string, value: Expression, condition?: ConditionSpec): StepSpec {
  const does = { kind: 'set', variable: { name, path: [] }, value } as const
  return step(does, condition === undefined ? {} : { condition })
}

function gives(value: Expression): StepSpec {
  return step({ kind: 'return', value })
}

function stop(condition: ConditionSpec): StepSpec {
  return { ...gives(lit(null)), condition }
}

function each(targets: EachSpec['targets'], as: EachSpec['as']): EachSpec {
  return { targets, as, indexAs: 'target_index' }
}

function lit(value: Json | Predicate): Expression {
  return { kind: 'literal', value: value }
}

function map(entries: { readonly [key: string]: Expression }): Expression {
  return { kind: 'map', entries }
}

function variable(name: string): Expression {
  return { kind: 'variable', of: 'variables', path: [name] }
}

function input(name: string): Expression {
  return { kind: 'variable', of: 'input', path: [name] }
}

const OUTPUT: Expression = { kind: 'variable', of: 'output', path: [] }

function outputPart(key: string | number): Expression {
  return orNull({ kind: 'variable', of: 'output', path: [key] })
}

function orNull(expression: Expression): Expression {
  return { kind: 'first-known', of: [expression, lit(null)] }
}

function part(key: string, of: Predicate): Predicate {
  return { kind: 'select', from: { kind: 'key', key }, of }
}

const ABSENT: Predicate = { kind: 'when', state: 'absent_or_null' }

function oneOf(...values: readonly Json[]): Predicate {
  return { kind: 'any', of: values.map((value) => ({ kind: 'equals', value })) }
}

const TRUE = oneOf(true, 'true')
const FALSE = oneOf(false, 'false')
/** That something is said about which child it is. */
const SAID: Predicate = { kind: 'not', of: { kind: 'any', of: [ABSENT, TRUE, FALSE] } }
/** That an item has no child yet. */
const IS_NEW: ConditionSpec = { subject: variable('child'), predicate: lit(ABSENT) }
