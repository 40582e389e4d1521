import {
  type InheritanceMode,
  type InheritanceSpec,
  type ParameterSpec,
  isKnownType,
} from '../../../../engine/index.js'
import type { TranslationDesk } from '../../../dialect.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { readExpression } from '../language/expressions.js'
import { readConstraints } from './constraints.js'
import { INHERITANCE_MODES, PARAMETER_TYPE_ALIASES } from './parameters-form.js'
import { present } from '../../../resolve/present.js'
import { nearestName, normalName, suggestionFor } from '../../../suggest.js'

/** A declared parameter and where its name is written. */
export interface ReadParameter {
  readonly parameter: ParameterSpec
  readonly node: DocumentNode
}

/** The parameters under a key: a list of names or maps, or a map by name. */
export function readParameters(
  node: DocumentNode | undefined,
  desk: TranslationDesk,
): readonly ReadParameter[] {
  const listed = (node?.items() ?? []).flatMap((item) => readListed(item, desk))
  const named = (node?.entries() ?? []).map(([name, part]) => readNamed(name, part, part, desk))
  return [...listed, ...named]
}

function readListed(node: DocumentNode, desk: TranslationDesk): readonly ReadParameter[] {
  if (node.text !== undefined) return [readNamed(node.text, node, node, desk)]
  const name = node.get('name')
  if (name?.text !== undefined) return [readNamed(name.text, node, name, desk)]
  if (node.isMap && name === undefined)
    desk.report('BP1104', 'a parameter needs the key "name"', node, { hint: 'add "name:"' })
  return []
}

function readNamed(
  name: string,
  node: DocumentNode,
  written: DocumentNode,
  desk: TranslationDesk,
): ReadParameter {
  const fallback = node.get('default') ?? node.get('defaultValue')
  const read = readConstraints(node.get('constraints'), desk)
  const deprecatedNames = node
    .get('deprecatedNames')
    ?.items()
    .flatMap((item) => item.text ?? [])
  const parameter: ParameterSpec = {
    name,
    type: typeOf(node.get('type'), desk),
    ...present({ label: node.get('label')?.text, description: node.get('description')?.text }),
    required: node.get('required')?.flag ?? read.required,
    ...(fallback === undefined ? {} : { default: readExpression(fallback, desk) }),
    constraints: read.constraints,
    ...present({
      pinned: node.get('pinned')?.flag,
      reconfigurable: node.get('reconfigurable')?.flag,
      deprecatedNames,
      inheritance: readInheritance(node, desk),
    }),
  }
  return { parameter: desk.origins.mark(parameter, written.place), node: written }
}

/** The type in the engine's words. Data of a type that is not known is taken as it is, unless the name looks misspelt. */
function typeOf(node: DocumentNode | undefined, desk: TranslationDesk): string {
  if (node?.text === undefined) return 'string'
  const type = typeNamed(node.text)
  if (isKnownType(type)) return type
  const near = /[.<]/.test(node.text) ? undefined : nearestName(node.text, TYPE_NAMES)
  if (near === undefined) {
    const hint = `types that are checked: ${TYPE_NAMES.slice(0, CHECKED).join(', ')}`
    desk.report('BP1707', `nothing is known of the type "${node.text}"`, node, { severity: 'warning', hint })
    return 'any'
  }
  desk.report('BP1105', `"type" cannot be the text "${node.text}"`, node, {
    hint: `did you mean "${near}"?`,
    fix: { title: `Change it to "${near}"`, edits: [{ range: node.place.range, text: near }] },
  })
  return 'any'
}

const CHECKED = 11
/** Names of types, those that are checked first. */
export const TYPE_NAMES: readonly string[] = [
  ...[
    'string',
    'integer',
    'float',
    'boolean',
    'duration',
    'timestamp',
    'port',
    'secret',
    'map',
    'list',
    'any',
  ],
  ...Object.keys(PARAMETER_TYPE_ALIASES).filter((name) => !name.includes('.')),
]

/** Each name in a type such as `java.util.Map<String,Integer>` in the engine's words. */
export function typeNamed(written: string): string {
  return written.replace(/[^<>,\s]+/g, (name) => {
    const plain = name.replace(/^java:/, '')
    for (const spelling of [plain, plain.toLowerCase()]) {
      if (Object.hasOwn(PARAMETER_TYPE_ALIASES, spelling)) return PARAMETER_TYPE_ALIASES[spelling] ?? name
    }
    return isKnownType(plain.toLowerCase()) ? plain.toLowerCase() : plain
  })
}

function readInheritance(node: DocumentNode, desk: TranslationDesk): InheritanceSpec | undefined {
  const inheritance = present({
    runtime: modeOf(node.get('inheritance.runtime') ?? node.get('inheritance.parent'), desk),
    type: modeOf(node.get('inheritance.type'), desk),
  })
  return Object.keys(inheritance).length === 0 ? undefined : inheritance
}

function modeOf(node: DocumentNode | undefined, desk: TranslationDesk): InheritanceMode | undefined {
  if (node?.text === undefined) return undefined
  const plain = normalName(node.text)
  if (Object.hasOwn(INHERITANCE_MODES, plain)) return INHERITANCE_MODES[plain]
  const words = ['never', 'not_reinherited', 'not_reinherited_else_deep_merge', 'overwrite', 'deep_merge']
  const hint = suggestionFor(node.text, words)
  desk.report('BP1105', `a value cannot be inherited "${node.text}"`, node, present({ hint }))
  return undefined
}
