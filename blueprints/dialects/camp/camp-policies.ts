import type { ConfigMap, EntitySpec, PolicySpec } from '../../../engine/index.js'
import type { TranslationDesk } from '../../dialect.js'
import { type DocumentNode, textAt } from '../../read/document-node.js'
import { readExpression } from './camp-expressions.js'
import type { Fields } from './camp-keys.js'

type Adjunct = 'policy' | 'enricher'

/** The ways to write what a policy or an enricher is. */
const TYPE_KEYS: { readonly [kind in Adjunct]: readonly string[] } = {
  policy: ['type', 'policyType', 'policy_type'],
  enricher: ['type', 'enricherType', 'enricher_type'],
}

/** Keys of a policy or an enricher that are not its settings. */
const OWN_KEYS = new Set([
  ...TYPE_KEYS.policy,
  ...TYPE_KEYS.enricher,
  'name',
  'id',
  'config',
  'brooklyn.config',
  'brooklyn.flags',
])

/** Policies and enrichers of an entity: their settings flat, or under `config`. */
export function readAdded(fields: Fields, desk: TranslationDesk): Pick<EntitySpec, 'policies' | 'enrichers'> {
  return {
    policies: readAdjuncts('policy', fields.all('policies'), desk),
    enrichers: readAdjuncts('enricher', fields.all('enrichers'), desk),
  }
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
  const type = TYPE_KEYS[kind].map((key) => node.get(key)).find((found) => found !== undefined)
  if (type === undefined && node.isMap) {
    const [article, example] = kind === 'policy' ? ['a', 'autoscale'] : ['an', 'Propagator']
    desk.report('BP1104', `${article} ${kind} needs the key "type"`, node, {
      hint: `add e.g. "type: ${example}"`,
    })
  }
  if (type?.text === undefined) return []
  const policy: PolicySpec = {
    name: freeName(textAt(node, 'name') ?? textAt(node, 'id') ?? type.text, names),
    type: type.text,
    config: settingsOf(node, desk),
    place: type.place,
  }
  return [desk.origins.mark(policy, type.place)]
}

function freeName(written: string, names: Set<string>): string {
  let name = written
  for (let number = 2; names.has(name); number += 1) name = `${written}-${number}`
  names.add(name)
  return name
}

function settingsOf(node: DocumentNode, desk: TranslationDesk): ConfigMap {
  const flat = node.entries().filter(([key]) => !OWN_KEYS.has(key))
  const nested = ['config', 'brooklyn.config', 'brooklyn.flags'].flatMap(
    (key) => node.get(key)?.entries() ?? [],
  )
  return Object.fromEntries(
    [...flat, ...nested].map(([key, part]) => [
      key,
      desk.origins.markKey(readExpression(part, desk), part.keyPlace),
    ]),
  )
}
