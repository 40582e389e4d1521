import type { Json } from '../../../engine/index.js'
import type { TranslationDesk } from '../../dialect.js'
import type { DocumentNode } from '../../read/document-node.js'
import { isSlip } from '../../suggest.js'
import { CONFIG_SPELLINGS, SPELLINGS, camelCase, configSpellingsOf, spellingsOf } from './keys.js'

/**
 * Any key may stand in a config. One that nobody declares and nothing in the document reads, and that is but a slip away
 * from one that is declared, is a warning: a misspelt key is found no other way.
 */
export function reportUnread(root: DocumentNode, desk: TranslationDesk): void {
  const entities = entitiesIn(root)
  const read = new Set(entities.flatMap((entity) => declaredBy(entity, desk)))
  let texts: string | undefined
  for (const entity of entities)
    for (const node of configOf(entity)) {
      const { key } = node
      if (read.has(key) || CONFIG_SPELLINGS.has(key)) continue
      const meant = [...declaredBy(entity, desk), ...LANGUAGE].find((name) => isSlip(key, name))
      if (meant === undefined) continue
      texts ??= [...textsIn(root.value), ...Object.values(desk.input.files)].join('\n')
      if (!texts.includes(key)) tell(node, meant, desk)
    }
}

/** Keys of the language that are taken from a config. */
const LANGUAGE: readonly string[] = [...CONFIG_SPELLINGS].filter((name) => name.includes('.'))

function tell(node: DocumentNode, meant: string, desk: TranslationDesk): void {
  const { key, keyPlace, pointer } = node
  desk.reportAt('BP1250', `nothing reads "${key}", which resembles "${meant}"`, keyPlace, {
    severity: 'warning',
    pointer,
    hint: `did you mean "${meant}"?`,
    fix: { title: `Change "${key}" to "${meant}"`, edits: [{ range: keyPlace.range, text: meant }] },
  })
}

function configOf(entity: DocumentNode): readonly DocumentNode[] {
  const configs = SPELLINGS.config.map((spelling) => entity.get(spelling))
  return configs.flatMap((config) => config?.entries().map(([, node]) => node) ?? [])
}

/** What the type of an entity and its parameters declare, in every spelling. */
function declaredBy(entity: DocumentNode, desk: TranslationDesk): readonly string[] {
  const type = SPELLINGS.type.map((spelling) => entity.get(spelling)?.text).find((text) => text !== undefined)
  const keys = type === undefined ? [] : (desk.input.types.find(type)?.keys ?? [])
  return [
    ...keys.flatMap(({ name, flags }) => [name, camelCase(name), ...flags]),
    ...SPELLINGS.parameters.flatMap((spelling) => parametersOf(entity.get(spelling))),
  ]
}

function parametersOf(node: DocumentNode | undefined): readonly string[] {
  const listed = node?.items().map((item) => item.text ?? item.get('name')?.text ?? '') ?? []
  return [...listed, ...(node?.entries().map(([name]) => name) ?? [])].filter((name) => name !== '')
}

const BELOW = ['services', ...spellingsOf('children'), ...spellingsOf('roles')]
const MEMBERS = (['memberSpec', 'controllerSpec'] as const).flatMap((key) => [
  ...new Set([...spellingsOf(key), ...configSpellingsOf(key)]),
])

/** The application and every entity in it. */
function entitiesIn(entity: DocumentNode): readonly DocumentNode[] {
  const below = BELOW.map((key) => entity.get(key)).flatMap((node) => [
    ...(node?.items() ?? []),
    ...(node?.entries() ?? []).map(([, part]) => part),
  ])
  const holders = [entity, ...SPELLINGS.config.map((key) => entity.get(key))]
  const specs = holders.flatMap((holder) => MEMBERS.map((key) => holder?.get(key)))
  const members = specs.flatMap((spec) => spec?.get('$brooklyn:entitySpec') ?? spec ?? [])
  return [entity, ...[...below, ...members].filter(({ isMap }) => isMap).flatMap(entitiesIn)]
}

function textsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}
