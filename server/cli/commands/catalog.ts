import type { BundleAdded, CatalogBundle, CatalogType, CatalogTypeDetail, WireJson } from '../../api/index.js'
import { cleanLine } from '../clean.js'
import { loadDocument, submit } from '../documents.js'
import { CliError, EXIT } from '../exit.js'
import { type Listing, facts } from '../output.js'
import { renderProblems } from '../render-problem.js'
import { type Session, messageOf } from '../session.js'
import type { Verb, VerbInput, VerbOption } from '../verb.js'
import { safeJson } from '../yaml.js'

const LIST_OPTIONS: readonly VerbOption[] = [
  ['--kind <kind>', 'only those of a kind: entity, application, template, policy, enricher …'],
  ['--tag <tag>', 'only those with a tag'],
  ['--versions', 'every version, and not the highest alone'],
]

const listVerb: Verb = {
  usage: 'list [word]',
  summary: 'list the types that a document may name, or those with a word',
  options: LIST_OPTIONS,
  run: listTypes,
}

const searchVerb: Verb = {
  usage: 'search <word>',
  summary: 'list the types with a word in their name, title or description',
  options: LIST_OPTIONS,
  examples: ['weir catalog search redis'],
  run: listTypes,
}

const showVerb: Verb = {
  usage: 'show <type>',
  summary: 'show a type with its keys, sensors and effectors (NAME or NAME:VERSION)',
  run: async (session, input) => {
    const type = await session.get<CatalogTypeDetail>({ route: 'getType', params: { name: input.word(0) } })
    session.output.single({ value: type, text: typeText(type), name: type.name })
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

const bundlesVerb: Verb = {
  usage: 'bundles [name]',
  summary: 'list the bundles that types came in, or the versions of one',
  run: async (session, input) => {
    const name = input.word(0)
    const query = name === '' ? {} : { name }
    session.output.list(bundleListing(await session.all<CatalogBundle>({ route: 'listBundles', query })))
    return EXIT.ok
  },
}

const addVerb: Verb = {
  usage: 'add <file>',
  summary:
    'add a bundle: a catalog document with the files that it names, or an archive with catalog.bom in it',
  options: [['--force', 'replace what is there, and items that others have too']],
  examples: ['weir catalog add shop.bom', 'weir catalog add shop.zip --force'],
  run: async (session, input) => {
    const added = await addBundle(session, input)
    const { name, version, items } = added.bundle
    const done = { added: 'was added', replaced: 'was replaced', unchanged: 'is there already' }[
      added.outcome
    ]
    const told = items.map((item) => `${item.name}:${item.version}`).join(', ')
    if (added.problems.length > 0)
      session.terminal.err(
        `${renderProblems(added.problems, { colors: session.colors, sources: new Map() })}\n`,
      )
    const text = cleanLine(`${name}:${version} ${done}: ${told === '' ? 'no items' : told}`)
    session.output.single({ value: added, text, name: `${name}:${version}` })
    return EXIT.ok
  },
}

const deleteVerb: Verb = {
  usage: 'delete <bundle>',
  summary: 'remove a bundle that no other one needs (NAME:VERSION); what is deployed keeps its plan',
  options: [['--force', 'though items of others need it']],
  run: async (session, input) => {
    const params = bundleParams(input.word(0))
    const query = input.flag('force') ? { force: true } : {}
    const { name, version } = await session.change<CatalogBundle>({ route: 'deleteBundle', params, query })
    const whole = `${name}:${version}`
    session.output.single({ value: { name, version }, text: cleanLine(`${whole} was removed`), name: whole })
    return EXIT.ok
  },
}

/** The catalog: types, and the bundles that they come in. */
export const catalogVerb: Verb = {
  usage: 'catalog',
  summary: 'the catalog of types: list, search, show, schema, bundles, add, delete',
  verbs: [listVerb, searchVerb, showVerb, schemaVerb, bundlesVerb, addVerb, deleteVerb],
}

/** Types as they are listed. */
export function typeListing(items: readonly CatalogType[]): Listing<CatalogType> {
  return {
    items,
    nameOf: ({ name }) => name,
    none: 'no types',
    columns: [
      { title: 'TYPE', of: ({ name }) => name },
      { title: 'VERSION', of: ({ version }) => version },
      { title: 'KIND', of: ({ kind }) => kind },
      { title: 'WORKS', of: ({ implemented }) => (implemented ? 'yes' : 'no') },
      { title: 'BUNDLE', wide: true, of: ({ bundle }) => bundle },
      { title: 'DESCRIPTION', of: ({ title, description }) => description || (title ?? '') },
    ],
  }
}

async function listTypes(session: Session, input: VerbInput): Promise<number> {
  const search = input.word(0)
  const query = {
    ...(search === '' ? {} : { search }),
    kind: input.text('kind'),
    tag: input.text('tag'),
    ...(input.flag('versions') ? { versions: true } : {}),
  }
  session.output.list(typeListing(await session.all<CatalogType>({ route: 'listTypes', query })))
  return EXIT.ok
}

function typeText(type: CatalogTypeDetail): string {
  const { keys, plan } = type
  const head = facts([
    ['Type', type.name],
    ['Title', type.title ?? ''],
    ['Kind', type.kind],
    ['Version', type.version],
    ['Versions', type.versions.length > 1 ? type.versions.join(', ') : ''],
    ['Bundle', type.bundle],
    ['Works', type.implemented ? 'yes' : NOT_MADE],
    ['Description', type.description],
    ['Sensors', type.sensors.join(', ')],
    ['Effectors', type.effectors.join(', ')],
  ])
  const lines = keys.map((key) => {
    const notes = [key.type, key.required ? 'required' : '', defaultText(key.default)]
    const told = notes.filter((note) => note !== '').join(', ')
    return cleanLine(`  ${key.name} (${told})${key.description === undefined ? '' : `: ${key.description}`}`)
  })
  const listed = lines.length === 0 ? '' : `Keys:\n${lines.join('\n')}\n`
  const written = plan === undefined ? '' : `Plan:\n${indented(plan)}`
  return `${head}${listed}${written}`
}

const NOT_MADE = 'no: its keys, sensors and effectors are known, and nothing here makes it'

function defaultText(value: WireJson | undefined): string {
  return value === undefined ? '' : `default ${JSON.stringify(value)}`
}

function indented(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `  ${cleanLine(line)}\n`)
    .join('')
}

function bundleListing(items: readonly CatalogBundle[]): Listing<CatalogBundle> {
  return {
    items,
    nameOf: ({ name, version }) => `${name}:${version}`,
    none: 'no bundles',
    columns: [
      { title: 'BUNDLE', of: ({ name }) => name },
      { title: 'VERSION', of: ({ version }) => version },
      { title: 'ORIGIN', of: ({ origin }) => origin },
      { title: 'ITEMS', of: ({ items: held }) => String(held.length) },
      { title: 'DESCRIPTION', of: ({ title, description }) => description ?? title ?? '' },
    ],
  }
}

/** An archive goes as it is; files that a document names are read beside it and sent along. */
async function addBundle(session: Session, input: VerbInput): Promise<BundleAdded> {
  const path = input.word(0)
  const query = input.flag('force') ? { force: true } : {}
  if (/\.(zip|jar|tar|tgz|tar\.gz)$/i.test(path)) {
    const archive = Buffer.from(await readArchive(session, path)).toString('base64')
    return session.change<BundleAdded>({ route: 'addBundle', query, body: { archive } })
  }
  const document = await loadDocument(session, path, input)
  return submit<BundleAdded>(session, { ...document, kind: 'bundle' }, { route: 'addBundle', query })
}

async function readArchive(session: Session, path: string): Promise<Uint8Array> {
  try {
    return await session.terminal.readBytes(path)
  } catch (thrown) {
    throw new CliError(EXIT.unreadable, `cannot read ${path}: ${messageOf(thrown)}`)
  }
}

function bundleParams(text: string): { readonly bundle: string; readonly version: string } {
  const [bundle = '', version = '', ...more] = text.split(':')
  if (bundle === '' || version === '' || more.length > 0)
    throw new CliError(
      EXIT.usage,
      `${text} is not NAME:VERSION of a bundle; list them with: weir catalog bundles`,
    )
  return { bundle, version }
}
