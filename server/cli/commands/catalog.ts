import type { CatalogType, WireJson } from '../../api/index.js'
import { EXIT } from '../exit.js'
import { type Listing, facts } from '../output.js'
import type { Verb } from '../verb.js'
import { safeJson } from '../yaml.js'

const listVerb: Verb = {
  usage: 'list [word]',
  summary: 'list the types that a document may name, or those with a word',
  run: async (session, input) => {
    const search = input.word(0)
    const query = search === '' ? {} : { search }
    session.output.list(typeListing(await session.all<CatalogType>({ route: 'listTypes', query })))
    return EXIT.ok
  },
}

const showVerb: Verb = {
  usage: 'show <type>',
  summary: 'show a type',
  run: async (session, input) => {
    const type = await session.get<CatalogType>({ route: 'getType', params: { name: input.word(0) } })
    const text = facts([
      ['Type', type.name],
      ['Kind', type.kind],
      ['Description', type.description],
    ])
    session.output.single({ value: type, text, name: type.name })
    return EXIT.ok
  },
}

const schemaVerb: Verb = {
  usage: 'schema <type>',
  summary: "print the JSON Schema of a type's configuration",
  run: async (session, input) => {
    const schema = await session.get<WireJson>({ route: 'getTypeSchema', params: { name: input.word(0) } })
    session.output.single({ value: schema, text: safeJson(schema, 2), name: input.word(0) })
    return EXIT.ok
  },
}

/** The catalog: list, show, schema. */
export const catalogVerb: Verb = {
  usage: 'catalog',
  summary: 'the catalog of types: list, show, schema',
  verbs: [listVerb, showVerb, schemaVerb],
}

/** Types as they are listed. */
export function typeListing(items: readonly CatalogType[]): Listing<CatalogType> {
  return {
    items,
    nameOf: ({ name }) => name,
    none: 'no types',
    columns: [
      { title: 'TYPE', of: ({ name }) => name },
      { title: 'KIND', of: ({ kind }) => kind },
      { title: 'DESCRIPTION', of: ({ description }) => description },
    ],
  }
}
