import type { TranslationDesk } from '../../dialect.js'
import type { DocumentNode } from '../../read/document-node.js'
import { suggestionFor } from '../../suggest.js'
import { type WrittenPlace, placesIn } from './location-forms.js'

/** What every Brooklyn has under the first name, every server of ours has under the second. */
const THIS_HOST = ['localhost', 'local'] as const

/** Settings beside the name of a location that say what its machines are to be, and what they are of a machine here. */
export const MACHINE_SETTINGS: { readonly [setting: string]: string } = {
  minRam: 'minRam',
  minCores: 'minCores',
  imageId: 'imageId',
  image: 'imageId',
  hardwareId: 'hardwareId',
}

/**
 * Names of locations in order. Brooklyn describes places in documents too; here they are configured once, and a document
 * names them: what is said beside a name of their machines counts for those, and anything else is told of.
 */
export function readLocations(node: DocumentNode | undefined, desk: TranslationDesk): readonly string[] {
  const places = placesIn(node, desk)
  for (const place of places) tellUnused(place, places.length === 1, desk)
  return places.flatMap((place) => nameOf(place, desk))
}

/** `localhost` is the place of this host, unless a place of that name is configured. */
function nameOf(place: WrittenPlace, desk: TranslationDesk): readonly string[] {
  const known = desk.input.locations
  const [theirs, ours] = THIS_HOST
  if (place.name === theirs && known?.includes(theirs) === false && known.includes(ours)) return [ours]
  if (known === undefined || known.includes(place.name)) return [place.name]
  const reason = whyNotHere(place.name)
  const why = reason === undefined ? '' : `: ${reason}`
  const slip = reason === undefined ? suggestionFor(place.name, known) : undefined
  const hint =
    slip ?? `name one that is configured (${known.join(', ')}), or add one of this name: weir location add`
  desk.report('BP1206', `there is no location "${place.name}"${why}`, place.node, { hint })
  return []
}

/** Kinds of locations that Brooklyn makes of a document. */
const KINDS: readonly (readonly [kind: RegExp, reason: string])[] = [
  [
    /^(byon|host|jcloudsByon)(:|$)/,
    'machines of your own are not described in a document but configured, with the driver byon',
  ],
  [/^(jclouds:|aws-|azure|google-compute|openstack|cloudstack)/, 'a cloud is not described in a document'],
  [/^(kubernetes|openshift)(:|$)/, 'a cluster of containers is not described in a document'],
  [/^(server-pool|pool)(:|$)/, 'a pool of machines is no location here'],
]

function whyNotHere(name: string): string | undefined {
  return KINDS.find(([kind]) => kind.test(name))?.[1]
}

const CONFIGURED = 'how a location is reached is configured once, with: weir location add'

function tellUnused({ name, node, settings }: WrittenPlace, isAlone: boolean, desk: TranslationDesk): void {
  for (const [key, value] of settings) {
    const acts = Object.hasOwn(MACHINE_SETTINGS, key)
    if (acts && isAlone) continue
    const place = value.part.keyRange === undefined ? node.place : value.keyPlace
    const message = `"${key}" of the location "${name}" is not taken from a document`
    const hint = acts
      ? 'of several locations each has machines of its own: say it in "provisioning.properties"'
      : key === 'name' || key === 'displayName'
        ? 'a location goes by the name under which it is configured'
        : CONFIGURED
    desk.reportAt('BP1108', message, place, { pointer: node.pointer, severity: 'warning', hint })
  }
}
