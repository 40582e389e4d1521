import { type EntityReference, type Expression, literal } from '../../../../engine/index.js'
import { entityOf } from './entities.js'
import { type FlowDesk, report } from './flow-desk.js'
import { mapOf, valueOf } from './interpolate.js'
import type { StepFields } from './step-fields.js'
import { type Made, type StepKind, stepKind } from './step-kind.js'
import { present } from '../../../resolve/present.js'
import { nearestName } from '../../../suggest.js'
import { plainCopy } from '../../../read/plain-copy.js'
import { writtenAt } from './written.js'

/** Steps that change what there is. */
export const TREE_STEPS: { readonly [name: string]: StepKind } = {
  'add-entity': stepKind({
    line: '[ ${type} ]',
    keys: ['blueprint', 'format', 'start', 'entity', 'parent', 'interpolation_mode', 'interpolation_errors'],
    needed: [['type', 'blueprint']],
    example: 'add-entity machine',
    make: (fields, flow) => {
      const blueprint = blueprintOf(fields, flow)
      const under = entityOf(fields.get('parent') ?? fields.get('entity'), flow)
      return blueprint === undefined
        ? undefined
        : {
            does: { kind: 'add-entity', blueprint, start: startOfChild(fields, flow), ...present({ under }) },
          }
    },
  }),
  'delete-entity': stepKind({
    line: '${entity}',
    needed: ['entity'],
    example: 'delete-entity ${child}',
    make: (fields, flow) => {
      const entity = fields.get('entity')
      return entity === undefined
        ? undefined
        : { does: { kind: 'remove-entity', entity: valueOf(entity, flow) } }
    },
  }),
  'reparent-entity': stepKind({
    line: '"child " ${child} " under " ${parent}',
    needed: ['child', 'parent'],
    example: 'reparent-entity child ${child} under ${group}',
    make: (fields, flow) => {
      const [child, parent] = [fields.get('child'), fields.get('parent')]
      if (child === undefined || parent === undefined) return undefined
      return {
        does: { kind: 'move-entity', entity: valueOf(child, flow), under: valueOf(parent, flow) },
      }
    },
  }),
  'deploy-application': stepKind({
    line: '[ ${type} ]',
    keys: ['blueprint', 'format', 'start', 'interpolation_mode', 'interpolation_errors'],
    needed: [['type', 'blueprint']],
    example: 'deploy-application shop',
    make: (fields, flow) => {
      const blueprint = blueprintOf(fields, flow)
      if (blueprint === undefined) return undefined
      return { does: { kind: 'deploy', blueprint, start: startOf(fields, flow) } }
    },
  }),
  'apply-initializer': stepKind({
    line: '[ ${type} [ " at " ${entity} ] ]',
    keys: ['blueprint'],
    needed: [['type', 'blueprint']],
    example: 'apply-initializer my-effector',
    make: (fields, flow) =>
      onEntity(fields, flow, (blueprint, of) => ({ does: { kind: 'initialise', blueprint, ...of } })),
  }),
  'add-policy': stepKind({
    line: '[ ${type} ] [ " at " ${entity} ] [ " unique-tag " ${uniqueTag} ]',
    keys: ['blueprint', 'unique-tag'],
    needed: [['type', 'blueprint']],
    example: 'add-policy my-policy',
    make: (fields, flow) => {
      const tag = fields.get('uniqueTag') ?? fields.get('unique-tag')
      const name = tag === undefined ? undefined : valueOf(tag, flow)
      return onEntity(fields, flow, (blueprint, of) => ({
        does: { kind: 'add-policy', blueprint, ...of, ...present({ name }) },
      }))
    },
  }),
  'delete-policy': stepKind({
    line: '${policy} [ " at " ${entity} ]',
    needed: ['policy'],
    example: 'delete-policy my-policy',
    make: (fields, flow) => {
      const policy = fields.get('policy')
      const of = entityOf(fields.get('entity'), flow)
      if (policy === undefined) return undefined
      return { does: { kind: 'remove-policy', name: valueOf(policy, flow), ...present({ of }) } }
    },
  }),
  'update-children': stepKind({
    line: '[ "of " ${parent} " " ] [ "type " ${type} ] [ "blueprint " ${type} ] [ " id " ${identifier_expression} ] [ " from " ${items} ]',
    keys: [
      'blueprint',
      'identifier',
      'match_check',
      'creation_check',
      'deletion_check',
      'on_create',
      'on_update',
      'on_update_child',
      'on_delete',
    ],
    needed: ['items', ['type', 'blueprint']],
    example: 'update-children type item id ${item.id} from ${items}',
    make: updateChildren,
  }),
}

function onEntity(
  fields: StepFields,
  flow: FlowDesk,
  make: (blueprint: Expression, of: { readonly of?: EntityReference }) => Made,
): Made | undefined {
  const blueprint = blueprintOf(fields, flow)
  return blueprint === undefined
    ? undefined
    : make(blueprint, present({ of: entityOf(fields.get('entity'), flow) }))
}

/** What is made: a type by its name, or all that is written. */
function blueprintOf(fields: StepFields, flow: FlowDesk): Expression | undefined {
  const type = fields.form.line === undefined ? undefined : fields.get('type')
  const blueprint = fields.node('blueprint')
  if (type !== undefined && blueprint !== undefined) {
    report(flow, 'BP1109', type, {
      error: '"blueprint" and a type both say what is made',
      hint: 'keep one of them',
    })
    return undefined
  }
  if (type !== undefined) return mapOf([['type', valueOf(type, flow)]])
  if (blueprint === undefined) return undefined
  const isAdded = ADDED.includes(fields.form.type.text ?? '')
  if (isAdded || fields.text('interpolation_mode')?.toLowerCase() === 'disabled')
    return literal(plainCopy(blueprint.value))
  return valueOf(writtenAt(blueprint), flow, { missing: 'ignore', data: true })
}

/** What these add reads its values when it runs, and not when it is added. */
const ADDED = ['add-policy', 'apply-initializer']

const STARTS: { readonly [word: string]: 'wait' | 'begin' | 'never' } = {
  sync: 'wait',
  async: 'begin',
  disabled: 'never',
}

function startOf(fields: StepFields, flow: FlowDesk): 'wait' | 'begin' | 'never' {
  const written = fields.get('start')
  if (written === undefined) return 'begin'
  const word = (written.text ?? '').toLowerCase()
  if (Object.hasOwn(STARTS, word)) return STARTS[word] ?? 'begin'
  const near = nearestName(word, Object.keys(STARTS))
  report(flow, 'BP1105', written, {
    error: `"start" cannot be ${JSON.stringify(written.node.value)}`,
    hint: near === undefined ? 'one of sync, async, disabled' : `did you mean "${near}"?`,
  })
  return 'begin'
}

/** An entity is started with what it is inside of. */
function startOfChild(fields: StepFields, flow: FlowDesk): 'wait' | 'begin' {
  const start = startOf(fields, flow)
  const written = fields.get('start')
  if (start !== 'never' || written === undefined) return start === 'wait' ? 'wait' : 'begin'
  report(flow, 'BP1820', written, {
    error: 'what is added cannot stay unstarted: it is started with what it is inside of',
    hint: 'leave "start" out, or hold it back with a latch: brooklyn.config: { latch.start: … }',
  })
  return 'begin'
}

function updateChildren(fields: StepFields, flow: FlowDesk): Made | undefined {
  const items = fields.get('items')
  const blueprint = blueprintOf(fields, flow)
  if (items === undefined) return undefined
  const identifier = fields.get('identifier_expression') ?? fields.get('identifier')
  const hook = (name: string): ReturnType<FlowDesk['workflow']> => {
    const node = fields.node(name)
    return node === undefined ? undefined : flow.workflow(node)
  }
  return {
    does: {
      kind: 'update-children',
      items: valueOf(items, flow),
      ...present({
        of: entityOf(fields.get('parent'), flow),
        blueprint,
        identifier: identifier === undefined ? undefined : valueOf(identifier, flow),
        match: hook('match_check'),
        creation: hook('creation_check'),
        deletion: hook('deletion_check'),
        onCreate: hook('on_create'),
        onUpdate: hook('on_update') ?? hook('on_update_child'),
        onDelete: hook('on_delete'),
      }),
    },
  }
}
