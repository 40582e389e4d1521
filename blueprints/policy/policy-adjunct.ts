import { InvariantError } from '../../engine/index.js'
import { DocumentNode, textAt } from '../read/document-node.js'
import { readYaml } from '../read/read-yaml.js'
import type { AdjunctType } from '../resolve/adjunct-lookup.js'
import { present } from '../resolve/present.js'

/** A policy document as something that the policies of an entity may name; its parameters are the keys. */
export function policyAdjunct(definition: DocumentNode, name: string, description?: string): AdjunctType {
  const keys = (definition.get('parameters')?.entries() ?? []).map(([key, one]) => ({
    name: key,
    type: 'any' as const,
    flags: [],
    ...present({ description: textAt(one, 'description') }),
  }))
  return {
    name,
    aliases: [],
    kind: 'policy',
    description: description ?? (textAt(definition, 'description') ?? '').trim(),
    keys,
    open: false,
    acts: true,
    definition,
  }
}

/** The policy document of a text that comes with the product, under its own name. */
export function shippedPolicy(text: string, file: string): AdjunctType {
  const { document } = readYaml(text, file)
  if (document === undefined) throw new InvariantError(`${file} cannot be read`)
  const root = DocumentNode.rootOf(document)
  return policyAdjunct(root, textAt(root, 'policy') ?? file)
}
