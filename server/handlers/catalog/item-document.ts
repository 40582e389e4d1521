import type { ItemDefinition } from '../../../blueprints/index.js'
import { nameOf } from '../../../catalog/index.js'
import type { Reply } from '../message.js'
import { refuse } from '../refusals.js'
import type { TenantCatalog } from './tenant-catalog.js'

/** A document that does nothing but name one item, in the version that is meant now. */
export function itemDocument(
  { shelf }: TenantCatalog,
  name: string,
  location: string | undefined,
): { readonly document: string; readonly file: string } | Reply {
  const item = shelf.catalog.find(name, isPlan)
  if (item === undefined) {
    const other = shelf.catalog.find(name)
    return other === undefined
      ? refuse('not-found', `There is no item ${name} in the catalog.`)
      : refuse('invalid', `${nameOf(other)} is a ${other.kind}: it cannot be deployed by itself.`)
  }
  // JSON is YAML: no character of a name means anything in it.
  const lines = [
    `name: ${JSON.stringify(item.name ?? item.id)}`,
    ...(location === undefined ? [] : [`location: ${JSON.stringify(location)}`]),
    'services:',
    `- type: ${JSON.stringify(nameOf(item))}`,
  ]
  return { document: `${lines.join('\n')}\n`, file: `${item.id}.yaml` }
}

function isPlan({ kind }: ItemDefinition): boolean {
  return kind === 'entity' || kind === 'application' || kind === 'template'
}
