import { type Expression, Pattern, type PortSpec, type SensorSpec } from '../../../../engine/index.js'
import type { TranslationDesk } from '../../../dialect.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { patternError } from '../../../resolve/constraints.js'
import { entityName } from '../../../resolve/entity-name.js'
import { type Fields, type Key, SPELLINGS } from '../keys.js'
import { readParameters } from '../parameters/parameters.js'

/**
 * The ports of the parameters that are ports, by their type or by their names, and those that a machine is to have open. A
 * parameter by whose number one of the entity's `own` ports is wanted makes no other. They are to be reached from outside.
 *
 * @source Brooklyn: declared keys alone are looked at, those of the type port and those whose name fits `.*\.port`.
 */
export function inferredPorts(
  fields: Fields,
  own: readonly PortSpec[],
  desk: TranslationDesk,
): readonly PortSpec[] {
  const taken = new Set(own.map(({ name }) => name))
  const numbers = new Set(own.map(({ number }) => number))
  const wanted = new Set(own.map(({ wanted: of }) => (of?.kind === 'config' ? of.key : undefined)))
  const declared = isInferring(fields, desk) ? portParameters(fields, desk) : []
  const named = declared.flatMap(({ key, node }) => {
    const name = entityName(key.replace(/[.]port$/, ''))
    if (name === '' || taken.has(name) || wanted.has(key)) return []
    taken.add(name)
    return [desk.origins.mark({ name, wanted: configOf(key), ...OPENED }, node.place)]
  })
  const open = openNumbers(fields).flatMap(({ number, node }) => {
    const name = `open-${number}`
    if (numbers.has(number) || taken.has(name)) return []
    taken.add(name)
    return [desk.origins.mark({ name, number, ...OPENED }, node.place)]
  })
  return [...named, ...open]
}

const OPENED = { protocol: 'tcp', published: true, exact: true } as const

/** For each port that a parameter asks for the sensor of its name, which tells the number. */
export function portSensors(ports: readonly PortSpec[]): readonly SensorSpec[] {
  return ports.flatMap(({ name, wanted, exact }) =>
    exact === true && wanted?.kind === 'config' && typeof wanted.key === 'string'
      ? [{ name: wanted.key, type: 'number', source: numberOf(name) }]
      : [],
  )
}

function configOf(key: string): Expression {
  return { kind: 'config', of: { scope: 'self' }, key }
}

function numberOf(port: string): SensorSpec['source'] {
  return {
    kind: 'static',
    value: { kind: 'sensor', of: { scope: 'self' }, sensor: `port.${port}`, whenReady: false },
  }
}

function isInferring(fields: Fields, desk: TranslationDesk): boolean {
  const node = fields.get('inferredPorts')
  if (node === undefined || node.flag !== undefined) return node?.flag ?? true
  if (/^(true|false)$/i.test(node.text ?? '')) return node.text?.toLowerCase() === 'true'
  notKnown(node, desk)
  return true
}

function notKnown(node: DocumentNode, desk: TranslationDesk): void {
  const hint = 'write true or false'
  desk.report('BP1105', `"${node.key}" is true or false when the document is read`, node, { hint })
}

interface PortParameter {
  readonly key: string
  readonly node: DocumentNode
}

/** What waits for a sensor is the number of another, and nothing that this one listens on. */
function portParameters(fields: Fields, desk: TranslationDesk): readonly PortParameter[] {
  const names = nameTest(fields.get('inferredPortNames'), desk)
  return readParameters(fields.get('parameters'), desk)
    .filter(({ parameter }) => {
      const { name, type } = parameter
      const given = configured(fields, name)
      const value = JSON.stringify(given?.value ?? parameter.default ?? null)
      if (value.includes('attributeWhenReady') || value.includes('"kind":"sensor"')) return false
      if (type === 'port') return true
      return names(name) && (given !== undefined || parameter.default !== undefined)
    })
    .map(({ parameter, node }) => ({ key: parameter.name, node }))
}

function configured(fields: Fields, key: string): DocumentNode | undefined {
  return SPELLINGS.config
    .map((spelling) => fields.node.get(spelling)?.get(key))
    .find((node) => node !== undefined)
}

function nameTest(node: DocumentNode | undefined, desk: TranslationDesk): (name: string) => boolean {
  const text = node?.text
  if (node === undefined || text === undefined) return (name) => name.endsWith('.port')
  const compiled = Pattern.compile(text)
  if ('pattern' in compiled) return (name) => compiled.pattern.matches(name)
  const hint = 'look-around and back references do not exist'
  desk.report('BP1705', `the pattern cannot be used: ${patternError(text) ?? ''}`, node, { hint })
  return () => false
}

/** Ports by which a machine is logged in to are its place's own. */
const LOGIN: ReadonlySet<number> = new Set([22, 3389, 5985, 5986])

/** Numbers that stand under keys of lists of ports. */
function openNumbers(fields: Fields): readonly { readonly number: number; readonly node: DocumentNode }[] {
  const provisioning = fields.get('provisioning')
  const lists = [
    ...(['loginPorts'] as readonly Key[]).map((key) => fields.get(key)),
    ...OPEN_PROVISIONING.map((key) => provisioning?.get(key)),
  ]
  return lists.flatMap((list) => {
    const items = list === undefined ? [] : list.isList ? list.items() : [list]
    return items.flatMap((node) => {
      const number = node.number ?? (/^\d{1,5}$/.test(node.text ?? '') ? Number(node.text) : 0)
      const isPort = Number.isInteger(number) && number >= 1 && number <= 65_535
      return isPort && !LOGIN.has(number) ? [{ number, node }] : []
    })
  })
}

/** Keys of what is asked of a place that name ports which are to be open. */
export const OPEN_PROVISIONING: readonly string[] = ['inboundPorts', 'required.ports']
