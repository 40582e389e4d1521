import { type JsonObject, type ParameterSpec } from '../../../engine/index.js'
import type { TranslationDesk } from '../../dialect.js'
import type { DocumentNode } from '../../read/document-node.js'
import { readExpression } from './camp-expressions.js'
import { PARAMETER_TYPES, PARAMETER_TYPE_ALIASES } from './camp-parameters-form.js'
import { plainCopy } from './camp-machine.js'
import { type ConstraintWord, constraintOf } from '../../resolve/constraints.js'
import { present } from '../../resolve/present.js'

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
  const label = node.get('label')?.text
  const description = node.get('description')?.text
  const fallback = node.get('default')
  const constraints = node.get('constraints')?.items() ?? []
  const parameter: ParameterSpec = {
    name,
    type: typeNamed(node.get('type')?.text),
    ...present({ label, description }),
    required: node.get('required')?.flag ?? constraints.some((constraint) => constraint.text === 'required'),
    ...(fallback === undefined ? {} : { default: readExpression(fallback, desk) }),
    constraints: constraints.flatMap((constraint) => readConstraint(constraint, desk)),
  }
  return { parameter: desk.origins.mark(parameter, written.place), node: written }
}

function typeNamed(written: string | undefined): string {
  if (written === undefined) return 'string'
  const alias = Object.hasOwn(PARAMETER_TYPE_ALIASES, written) ? PARAMETER_TYPE_ALIASES[written] : undefined
  return alias ?? PARAMETER_TYPES.find((type) => type === written) ?? 'string'
}

/** Brooklyn's words for constraints, and the engine's. */
const CONSTRAINT_WORDS: { readonly [word: string]: ConstraintWord } = {
  regex: 'pattern',
  pattern: 'pattern',
  oneOf: 'oneOf',
  min: 'min',
  max: 'max',
}

function readConstraint(node: DocumentNode, desk: TranslationDesk): readonly JsonObject[] {
  if (node.text === 'required') return []
  if (node.text !== undefined) {
    desk.report('BP1108', `the constraint "${node.text}" is not supported yet`, node, {
      hint: `use ${Object.keys(CONSTRAINT_WORDS).join(', ')}`,
    })
    return []
  }
  return node.entries().flatMap(([word, value]) => {
    const known = Object.hasOwn(CONSTRAINT_WORDS, word) ? CONSTRAINT_WORDS[word] : undefined
    if (known !== undefined) return constraintOf(known, plainCopy(value.value), value, desk)
    desk.reportAt('BP1108', `the constraint "${word}" is not supported yet`, value.keyPlace, {
      pointer: value.pointer,
      hint: `use ${Object.keys(CONSTRAINT_WORDS).join(', ')}`,
    })
    return []
  })
}
