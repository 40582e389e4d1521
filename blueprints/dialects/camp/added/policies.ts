import type { ConfigMap, EntitySpec, PolicySpec, SensorSpec } from '../../../../engine/index.js'
import type { TranslationDesk } from '../../../dialect.js'
import { present } from '../../../resolve/present.js'
import { type DocumentNode, textAt } from '../../../read/document-node.js'
import { misspeltKey, reportUnknownKey } from '../../../unknown-key.js'
import { nearestName } from '../../../suggest.js'
import { actingOf, transformedTo } from './acts.js'
import { detectorSensor } from './detector-sensors.js'
import { readExpression } from '../language/expressions.js'
import type { Fields } from '../keys.js'
import { Settings } from '../settings.js'
import { attachDocument, isPolicyDocument } from '../../../policy/attached-policy.js'
import { policyFlow } from './workflows.js'
import { normalName } from '../../../suggest.js'

type Adjunct = 'policy' | 'enricher'

/** The ways to write what a policy or an enricher is. */
const TYPE_KEYS: { readonly [kind in Adjunct]: readonly string[] } = {
  policy: ['type', 'policyType', 'policy_type'],
  enricher: ['type', 'enricherType', 'enricher_type'],
}

/** The keys under which settings may stand. */
const CONFIG_KEYS = ['config', 'brooklyn.config', 'brooklyn.flags']

/** Keys of a policy or an enricher that are not its settings. */
const OWN_KEYS = new Set([...TYPE_KEYS.policy, ...TYPE_KEYS.enricher, 'name', 'id', ...CONFIG_KEYS])

/** The sensors that stand for enrichers of an entity, and those that its policies and enrichers go by. */
export function sensorsOfAdded(fields: Fields, desk: TranslationDesk): readonly SensorSpec[] {
  return KINDS.flatMap((kind) =>
    fields
      .all(kind === 'policy' ? 'policies' : 'enrichers')
      .flatMap((node) => node.items())
      .flatMap((node) => sensorOf(kind, node, desk)),
  )
}

const KINDS = ['enricher', 'policy'] as const

function sensorOf(kind: Adjunct, node: DocumentNode, desk: TranslationDesk): readonly SensorSpec[] {
  const written = typeKeyOf(kind, node)
  const type = written?.text === undefined ? undefined : desk.input.adjuncts?.find(written.text)
  if (type?.kind !== kind) return []
  const settings = (): ConfigMap => settingsOf(node, desk)
  const sensor =
    type.name === 'Transformer' ? transformedTo(type, settings()) : detectorSensor(type, settings)
  return sensor === undefined ? [] : [desk.origins.mark(sensor, node.place)]
}

function typeKeyOf(kind: Adjunct, node: DocumentNode): DocumentNode | undefined {
  return TYPE_KEYS[kind].map((key) => node.get(key)).find((found) => found !== undefined)
}

/** Policies and enrichers of an entity: their settings flat, or under `config`. */
export function readAdded(fields: Fields, desk: TranslationDesk): Pick<EntitySpec, 'policies' | 'enrichers'> {
  const policies = readAdjuncts('policy', fields.all('policies'), desk)
  const enrichers = readAdjuncts('enricher', fields.all('enrichers'), desk)
  const names = new Set(enrichers.map(({ name }) => name))
  return { policies, enrichers: [...enrichers, ...policies.flatMap((one) => broughtBy(one, names, desk))] }
}

const SHOWS_PRIMARY = 'PropagatePrimaryEnricher'

/**
 * The enricher that a policy brings with it.
 * @source Brooklyn: ElectPrimaryPolicy adds a PropagatePrimaryEnricher for its propagate.primary.sensors.
 */
function broughtBy(
  { type, config, place }: PolicySpec,
  names: Set<string>,
  desk: TranslationDesk,
): readonly PolicySpec[] {
  const { 'propagate.primary.sensors': shown, 'primary.sensor.name': primary } = config
  const known = desk.input.adjuncts?.find(SHOWS_PRIMARY)
  if (shown === undefined || known === undefined) return []
  if (desk.input.adjuncts?.find(type)?.name !== 'ElectPrimaryPolicy') return []
  const own = { 'propagate.primary.sensors': shown, ...present({ 'primary.sensor.name': primary }) }
  const acts = present({ acts: actingOf(known, own) })
  return [
    {
      name: freeName(SHOWS_PRIMARY, names),
      type: SHOWS_PRIMARY,
      config: own,
      ...acts,
      ...present({ place }),
    },
  ]
}

function readAdjuncts(
  kind: Adjunct,
  nodes: readonly DocumentNode[],
  desk: TranslationDesk,
): readonly PolicySpec[] {
  const names = new Set<string>()
  return nodes.flatMap((node) => node.items()).flatMap((item) => readAdjunct(kind, item, names, desk))
}

function readAdjunct(
  kind: Adjunct,
  node: DocumentNode,
  names: Set<string>,
  desk: TranslationDesk,
): readonly PolicySpec[] {
  const type = typeKeyOf(kind, node)
  const document = kind === 'policy' ? documentAt(node, type, desk) : undefined
  if (document !== undefined) return [readDocument(document, node, names, desk)]
  if (type === undefined && node.isMap) reportUntyped(kind, node, desk)
  return type?.text === undefined ? [] : [readTyped(kind, { node, type, word: type.text }, names, desk)]
}

function readTyped(
  kind: Adjunct,
  { node, type, word }: { readonly node: DocumentNode; readonly type: DocumentNode; readonly word: string },
  names: Set<string>,
  desk: TranslationDesk,
): PolicySpec {
  const isFlow = kind === 'policy' && isWorkflow(word)
  const config = isFlow ? {} : settingsOf(node, desk)
  const policy: PolicySpec = {
    name: freeName(ownName(node) ?? (isFlow ? flowName(node) : undefined) ?? word, names),
    type: word,
    config,
    ...(isFlow ? policyFlow(new Settings(node, desk), word) : {}),
    ...present({ acts: actsOf(kind, word, config, desk) }),
    place: type.place,
  }
  return desk.origins.mark(policy, type.place)
}

/** What an entry calls itself. */
function ownName(node: DocumentNode): string | undefined {
  return textAt(node, 'name') ?? textAt(node, 'id')
}

/** A workflow has its name where it has its settings. */
function flowName(node: DocumentNode): string | undefined {
  const names = CONFIG_KEYS.map((key) => textAt(node.get(key) ?? node, 'name'))
  return names.find((name) => name !== undefined)
}

/** The policy document that an entry is, or names. */
function documentAt(
  node: DocumentNode,
  type: DocumentNode | undefined,
  desk: TranslationDesk,
): DocumentNode | undefined {
  if (isPolicyDocument(node)) return node
  const item = type?.text === undefined ? undefined : desk.input.adjuncts?.find(type.text)
  return isPolicyDocument(item?.definition) ? item.definition : undefined
}

/** What it does is what counts from here on; what is said where it is named are values of its parameters. */
function readDocument(
  document: DocumentNode,
  node: DocumentNode,
  names: Set<string>,
  desk: TranslationDesk,
): PolicySpec {
  const type = document === node ? undefined : typeKeyOf('policy', node)
  const attached = attachDocument(document, type === undefined ? [] : settingsAt(node, desk), node, desk)
  const name = ownName(node) ?? type?.text ?? attached.name
  const { place } = type ?? node.get('does')?.get('type') ?? node
  const named = freeName(name === '' ? attached.type : name, names)
  return desk.origins.mark({ name: named, type: attached.type, config: attached.config, place }, place)
}

/** Whether what it does is written at it, as a workflow. */
function isWorkflow(type: string): boolean {
  return normalName(type.replace(/^.*[.]/, '')) === 'workflowpolicy'
}

function actsOf(
  kind: Adjunct,
  written: string,
  config: ConfigMap,
  desk: TranslationDesk,
): PolicySpec['acts'] {
  const type = desk.input.adjuncts?.find(written)
  return type?.kind === kind ? actingOf(type, config) : undefined
}

function reportUntyped(kind: Adjunct, node: DocumentNode, desk: TranslationDesk): void {
  const [article, example] = kind === 'policy' ? ['a', 'autoscale'] : ['an', 'Propagator']
  const meant = misspeltKey(node, TYPE_KEYS[kind])
  if (meant !== undefined) reportUnknownKey(desk, meant, TYPE_KEYS[kind], `${article} ${kind}`)
  else
    desk.report('BP1104', `${article} ${kind} needs the key "type"`, node, {
      hint: `add e.g. "type: ${example}"`,
    })
}

function freeName(written: string, names: Set<string>): string {
  let name = written
  for (let number = 2; names.has(name); number += 1) name = `${written}-${number}`
  names.add(name)
  return name
}

function settingsOf(node: DocumentNode, desk: TranslationDesk): ConfigMap {
  const entries = settingsAt(node, desk).map(([key, part]) => {
    const expression = desk.origins.markKey(readExpression(part, desk), part.keyPlace)
    return [key, expression] as const
  })
  return Object.fromEntries(entries)
}

function settingsAt(
  node: DocumentNode,
  desk: TranslationDesk,
): readonly (readonly [key: string, value: DocumentNode])[] {
  const mistaken = misspeltConfig(node)
  if (mistaken !== undefined) reportUnknownKey(desk, mistaken, CONFIG_KEYS)
  const flat = node.entries().filter(([key]) => !OWN_KEYS.has(key) && key !== mistaken?.key)
  const nested = CONFIG_KEYS.flatMap((key) => node.get(key)?.entries() ?? [])
  return [...flat, ...nested]
}

/** A map of settings under a key that resembles the one that they belong under. */
function misspeltConfig(node: DocumentNode): DocumentNode | undefined {
  const maps = node.entries().filter(([key, part]) => part.isMap && !OWN_KEYS.has(key))
  return maps.find(([key]) => nearestName(key, CONFIG_KEYS) !== undefined)?.[1]
}
