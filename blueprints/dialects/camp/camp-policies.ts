import type { ConfigMap, PolicySpec } from '../../../engine/index.js'
import type { TranslationDesk } from '../../dialect.js'
import { type DocumentNode, textAt } from '../../read/document-node.js'
import { readExpression } from './camp-expressions.js'

/** Keys of a policy that are not its settings. */
const OWN_KEYS = new Set([
  'type',
  'policyType',
  'policy_type',
  'name',
  'id',
  'config',
  'brooklyn.config',
  'brooklyn.flags',
])

/** The policies under a key: settings flat, or under `config`. */
export function readPolicies(nodes: readonly DocumentNode[], desk: TranslationDesk): readonly PolicySpec[] {
  const names = new Set<string>()
  return nodes.flatMap((node) => node.items()).flatMap((item) => readPolicy(item, names, desk))
}

function readPolicy(node: DocumentNode, names: Set<string>, desk: TranslationDesk): readonly PolicySpec[] {
  const type = node.get('type') ?? node.get('policyType') ?? node.get('policy_type')
  if (type === undefined && node.isMap) {
    desk.report('BP1104', 'a policy needs the key "type"', node, { hint: 'add e.g. "type: autoscale"' })
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
