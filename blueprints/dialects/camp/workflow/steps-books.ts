import type { EntityReference } from '../../../../engine/index.js'
import { SENSOR_ALIASES } from '../types/types.js'
import { readCondition } from './conditions.js'
import { entityOf } from './entities.js'
import type { FlowDesk } from './flow-desk.js'
import { interpolated, valueOf } from './interpolate.js'
import type { StepFields } from './step-fields.js'
import { type Made, type StepKind, stepKind } from './step-kind.js'
import { bracketed, isBracketed, typeOf } from './value-types.js'
import { type NamedPath, readPath } from './variable-path.js'
import type { Expression } from '../../../../engine/index.js'
import { quoteBefore } from './written.js'

/** Steps that change what is recorded of an entity. */
export const BOOK_STEPS: { readonly [name: string]: StepKind } = {
  'set-sensor': stepKind({
    line: '[ ${sensor.type} ] ${sensor.name} [ " on " ${sensor.entity} ] [ "=" ${value...} ]',
    keys: ['entity', 'require'],
    needed: ['sensor', 'value'],
    example: 'set-sensor boolean ready = true',
    make: setSensor,
  }),
  'clear-sensor': stepKind({
    line: '[ ${sensor.type} ] ${sensor.name} [ " on " ${sensor.entity} ]',
    keys: ['entity'],
    needed: ['sensor'],
    example: 'clear-sensor ready',
    make: (fields, flow) => {
      const named = nameAt('sensor', fields, flow)
      if (named === undefined) return undefined
      return { does: { kind: 'clear-sensor', sensor: sensorName(named.name), path: named.path, ...named.of } }
    },
  }),
  'set-config': stepKind({
    line: '[ ${config.type} ] ${config.name} [ " on " ${config.entity} ] [ "=" ${value...} ]',
    keys: ['entity'],
    needed: ['config', 'value'],
    example: 'set-config size = 3',
    make: (fields, flow) => {
      const named = nameAt('config', fields, flow)
      const given = typedValue('config', fields, flow)
      if (named === undefined || given === undefined) return undefined
      return { does: { kind: 'set-config', key: named.name, path: named.path, ...named.of, ...given } }
    },
  }),
  'clear-config': stepKind({
    line: '[ ${config.type} ] ${config.name} [ " on " ${config.entity} ]',
    keys: ['entity'],
    needed: ['config'],
    example: 'clear-config size',
    make: (fields, flow) => {
      const named = nameAt('config', fields, flow)
      return named === undefined
        ? undefined
        : { does: { kind: 'clear-config', key: named.name, ...named.of } }
    },
  }),
  'set-entity-name': stepKind({
    line: '${value...}',
    keys: ['entity'],
    needed: ['value'],
    example: 'set-entity-name shop of ${owner}',
    make: (fields, flow) => {
      const name = fields.get('value')
      const of = entityOf(fields.get('entity'), flow)
      if (name === undefined) return undefined
      return { does: { kind: 'rename', name: valueOf(name, flow), ...(of === undefined ? {} : { of }) } }
    },
  }),
}

interface Named {
  readonly name: string | Expression
  readonly path: NamedPath['path']
  readonly of: { readonly of?: EntityReference }
}

function nameAt(what: 'sensor' | 'config', fields: StepFields, flow: FlowDesk): Named | undefined {
  const written = fields.get(`${what}.name`)
  const read = written === undefined ? undefined : readPath(written, flow, false)
  if (written === undefined || read === undefined) return undefined
  const name = read.name.includes('${')
    ? interpolated(written, flow, { text: read.name, from: quoteBefore(written) })
    : read.name
  const of = entityOf(fields.get(`${what}.entity`) ?? fields.get('entity'), flow)
  return { name, path: read.path, of: of === undefined ? {} : { of } }
}

/** Where a sensor has another name here, what is written is found under that. */
function sensorName(name: string | Expression): string | Expression {
  return typeof name === 'string' && Object.hasOwn(SENSOR_ALIASES, name)
    ? (SENSOR_ALIASES[name] ?? name)
    : name
}

function typedValue(
  what: 'sensor' | 'config',
  fields: StepFields,
  flow: FlowDesk,
): { readonly value: Expression; readonly type?: string } | undefined {
  const value = fields.get('value')
  if (value === undefined) return undefined
  const type = typeOf(fields.get(`${what}.type`), flow)
  const read =
    value.text !== undefined && isBracketed(value, type) ? bracketed(value, flow) : valueOf(value, flow)
  return { value: read, ...(type === undefined ? {} : { type }) }
}

function setSensor(fields: StepFields, flow: FlowDesk): Made | undefined {
  const named = nameAt('sensor', fields, flow)
  const given = typedValue('sensor', fields, flow)
  if (named === undefined || given === undefined) return undefined
  const require = readCondition(fields.node('require'), flow)
  const { name, path, of } = named
  return {
    does: {
      kind: 'set-sensor',
      sensor: sensorName(name),
      path,
      ...of,
      ...given,
      ...(require === undefined ? {} : { require }),
    },
  }
}
