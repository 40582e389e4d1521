import type { CapacityLine, NewLocation, TestLine, WireJson, WireLocation } from '../../api/index.js'
import { cleanLine } from '../clean.js'
import { SET_OPTION, loadDocument, submit } from '../documents.js'
import { CliError, EXIT } from '../exit.js'
import { type Listing, facts } from '../output.js'
import type { Verb, VerbInput } from '../verb.js'

const listVerb: Verb = {
  usage: 'list',
  summary: 'list the configured places',
  run: async (session) => {
    session.output.list(
      locationListing(await session.get<readonly WireLocation[]>({ route: 'listLocations' })),
    )
    return EXIT.ok
  },
}

const showVerb: Verb = {
  usage: 'show <name>',
  summary: 'show a place',
  run: async (session, input) => {
    const params = { location: input.word(0) }
    const location = await session.get<WireLocation>({ route: 'getLocation', params })
    const text = facts([
      ['Location', location.name],
      ['Driver', location.driver],
      ['Origin', location.origin],
      ['In use by', `${location.inUse} entities`],
      ['Circuit', location.circuit],
      ['Looks', location.silent ? 'left without any answer' : 'answered'],
      ['Config', JSON.stringify(location.config)],
    ])
    session.output.single({ value: location, text, name: location.name })
    return EXIT.ok
  },
}

const addVerb: Verb = {
  usage: 'add <name> <driver>',
  summary: 'add a place; secrets are sealed by the server before they are kept',
  options: [
    ['-c, --config <name=value...>', 'a value of its configuration; JSON where it is JSON'],
    ['--secret <name=VARIABLE...>', 'a secret of its configuration, from this environment variable'],
  ],
  examples: [
    'weir location add cloud cloudstack -c endpoint=https://cloud/api --secret secretKey=CLOUD_SECRET',
  ],
  run: async (session, input) => {
    const secrets = input.texts('secret').map((text) => secretOf(text, session.terminal.environment))
    const config = Object.fromEntries([...configOf(input), ...secrets])
    const body: NewLocation = { name: input.word(0), driver: input.word(1), config }
    const location = await session.change<WireLocation>({ route: 'addLocation', body })
    const text = `${cleanLine(location.name)} was added; try it with: weir location test ${location.name}`
    session.output.single({ value: location, text, name: location.name })
    return EXIT.ok
  },
}

const removeVerb: Verb = {
  usage: 'remove <name>',
  summary: 'remove a place that is not in use',
  run: async (session, input) => {
    const params = { location: input.word(0) }
    const location = await session.change<WireLocation>({ route: 'removeLocation', params })
    session.output.single({ value: location, text: `${location.name} was removed`, name: location.name })
    return EXIT.ok
  },
}

const testVerb: Verb = {
  usage: 'test <name>',
  summary: 'try whether a place can be reached and used',
  run: async (session, input) => {
    const params = { location: input.word(0) }
    const items = await session.get<readonly TestLine[]>({ route: 'testLocation', params })
    session.output.list({
      items,
      nameOf: ({ what }) => what,
      none: 'nothing was tried',
      columns: [
        { title: 'TRIED', of: ({ what }) => what },
        { title: 'WORKS', of: ({ ok }) => (ok ? 'yes' : 'no') },
        { title: 'DETAIL', of: ({ detail }) => detail },
      ],
    })
    return items.every(({ ok }) => ok) ? EXIT.ok : EXIT.failed
  },
}

const capacityVerb: Verb = {
  usage: 'capacity <name> <file>',
  summary: 'ask a place whether what a document asks of it would fit',
  options: [SET_OPTION],
  run: async (session, input) => {
    const document = await loadDocument(session, input.word(1), input)
    const params = { location: input.word(0) }
    const items = await submit<readonly CapacityLine[]>(session, document, { route: 'askCapacity', params })
    session.output.list({
      items,
      nameOf: ({ location }) => location,
      none: 'the document asks nothing of this place',
      columns: [
        { title: 'LOCATION', of: ({ location }) => location },
        { title: 'ASKED', of: ({ asked }) => String(asked) },
        { title: 'FITS', of: ({ fits }) => String(fits) },
        { title: 'ENOUGH', of: ({ enough }) => (enough ? 'yes' : 'no') },
        { title: 'DETAIL', of: ({ detail }) => detail },
      ],
    })
    return items.every(({ enough }) => enough) ? EXIT.ok : EXIT.failed
  },
}

/** Places: list, show, add, remove, test, ask for room. */
export const locationVerb: Verb = {
  usage: 'location',
  summary: 'places: list, show, add, remove, test, capacity',
  verbs: [listVerb, showVerb, addVerb, removeVerb, testVerb, capacityVerb],
}

/** Places as they are listed. */
export function locationListing(items: readonly WireLocation[]): Listing<WireLocation> {
  return {
    items,
    nameOf: ({ name }) => name,
    none: 'no locations',
    columns: [
      { title: 'LOCATION', of: ({ name }) => name },
      { title: 'DRIVER', of: ({ driver }) => driver },
      { title: 'IN USE', of: ({ inUse }) => String(inUse) },
      { title: 'CIRCUIT', of: ({ circuit }) => circuit },
      { title: 'LOOKS', of: ({ silent }) => (silent ? 'silent' : 'answered') },
      { title: 'ORIGIN', wide: true, of: ({ origin }) => origin },
      { title: 'CONFIG', wide: true, of: ({ config }) => JSON.stringify(config) },
    ],
  }
}

function configOf(input: VerbInput): readonly (readonly [string, WireJson])[] {
  return input.texts('config').map((text) => {
    const at = text.indexOf('=')
    if (at < 1) throw new CliError(EXIT.usage, `-c is name=value, not ${text}`)
    const value = text.slice(at + 1)
    try {
      return [text.slice(0, at), JSON.parse(value) as WireJson] as const
    } catch {
      return [text.slice(0, at), value] as const
    }
  })
}

/** A secret comes from the environment, so that it is in no list of processes and no history. */
function secretOf(
  text: string,
  environment: { readonly [name: string]: string | undefined },
): readonly [string, WireJson] {
  const [name = '', variable = ''] = text.split('=')
  const clear = environment[variable]
  if (name === '' || clear === undefined) {
    throw new CliError(EXIT.usage, `--secret is name=VARIABLE of a variable that is set, not ${text}`)
  }
  return [name, { $secret: clear }]
}
