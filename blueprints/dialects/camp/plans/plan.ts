import type { TranslationDesk } from '../../../dialect.js'
import { type Located, type Path, SourceDocument } from '../../../read/document.js'
import { DocumentNode } from '../../../read/document-node.js'
import { isMapPart, listPart, mapPart, textOfPart, valuePart } from '../../../read/graft.js'
import { type PlanDemands, readArtifacts } from './plan-artifacts.js'

/** The version of CAMP whose plans are read. */
const VERSION = 'CAMP 1.1'

/**
 * A plan of CAMP 1.1 as a document of this dialect: a service's characteristics are its type and its config, artifacts
 * are files of the services that host them. What has no `camp_version` is the same object.
 */
export function planned(document: SourceDocument, desk: TranslationDesk): SourceDocument {
  const version = document.root.parts.get('camp_version')
  if (version === undefined) return document
  if (version.value !== VERSION) {
    const node = new DocumentNode(document, ['camp_version'], version)
    desk.report('BP1105', `only "${VERSION}" is read`, node, { hint: `write camp_version: ${VERSION}` })
  }
  return new SourceDocument(document.file, applicationOf(document, desk))
}

function applicationOf(document: SourceDocument, desk: TranslationDesk): Located {
  const { root } = document
  const demands = readArtifacts(DocumentNode.rootOf(document), desk)
  const written = root.parts.get('services')
  const items = written === undefined ? [] : [...written.parts.values()]
  const inline = demands.inline.map((part) =>
    serviceOf(new DocumentNode(document, [], part), part, { desk, demands }),
  )
  const services = items.map((part, at) => {
    const path: Path = ['services', at]
    return serviceOf(new DocumentNode(document, path, part), part, { desk, demands })
  })
  const rest = [...root.parts].filter(([key]) => !PLAN_KEYS.has(key))
  const all = [...services, ...inline]
  const isList = written === undefined || Array.isArray(written.value)
  const told: [string, Located][] = isList
    ? [['services', listPart(all, written ?? root)]]
    : [['services', written]]
  return mapPart(all.length === 0 && isList ? rest : [...rest, ...told], root)
}

const PLAN_KEYS: ReadonlySet<string> = new Set(['camp_version', 'artifacts', 'services'])

interface Task {
  readonly desk: TranslationDesk
  readonly demands: PlanDemands
}

/** One service as an entity. Keys that are not CAMP's are the entity's own. */
function serviceOf(node: DocumentNode, part: Located, { desk, demands }: Task): Located {
  if (!isMapPart(part)) return part
  const id = textOfPart(part.parts.get('id')) ?? ''
  const own = [...part.parts].filter(([key]) => key !== 'characteristics' && key !== 'href')
  const entries = new Map<string, Located>(own)
  readType(node, entries, desk)
  append(entries, 'files', demands.files.get(id), part)
  append(entries, 'needs', demands.needs.get(id), part)
  return mapPart(entries, part)
}

function append(
  entries: Map<string, Located>,
  key: string,
  added: readonly Located[] | undefined,
  place: Located,
): void {
  if (added === undefined || added.length === 0) return
  const before = entries.get(key)
  const own = before === undefined ? [] : Array.isArray(before.value) ? [...before.parts.values()] : [before]
  entries.set(key, listPart([...own, ...added], before ?? place))
}

function readType(node: DocumentNode, entries: Map<string, Located>, desk: TranslationDesk): void {
  readReference(node.get('href'), entries, desk)
  const config = new Map<string, Located>()
  for (const item of node.get('characteristics')?.items() ?? []) {
    readCharacteristic(item, { entries, config, desk })
  }
  if (config.size === 0) return
  const written = entries.get('brooklyn.config')
  const own = isMapPart(written) ? [...written.parts] : []
  entries.set('brooklyn.config', mapPart([...config, ...own], written ?? node.part))
}

/** A service that is named by its address is of that type. */
function readReference(
  href: DocumentNode | undefined,
  entries: Map<string, Located>,
  desk: TranslationDesk,
): void {
  if (href === undefined) return
  const named = /\/services\/([^/]+)$/.exec(href.text ?? '')?.[1]
  if (named !== undefined) {
    entries.set('type', valuePart(decoded(named), href.part))
    return
  }
  const hint = 'name one of /camp/camp_1_1/services'
  desk.report('BP1106', '"href" is no service of this platform', href, { hint })
}

interface Reading {
  readonly entries: Map<string, Located>
  readonly config: Map<string, Located>
  readonly desk: TranslationDesk
}

/** One characteristic: a type that there is, with what it is given. */
function readCharacteristic(node: DocumentNode, { entries, config, desk }: Reading): void {
  const type = node.get('characteristic_type')
  if (type?.text === undefined) {
    desk.report('BP1104', 'a characteristic needs "characteristic_type"', node, {
      hint: 'name a type, such as software',
    })
    return
  }
  if (desk.input.types.find(type.text) === undefined) {
    const hint = 'use one of /camp/camp_1_1/services'
    desk.report('BP1205', `nothing here has the characteristic "${type.text}"`, type, { hint })
    return
  }
  if (entries.has('type')) {
    const hint = 'split it into services of one type each'
    desk.report('BP1109', 'the service is of another type already', type, { hint })
    return
  }
  entries.set('type', type.part)
  for (const [key, value] of node.entries()) {
    if (key !== 'characteristic_type') config.set(key, value.part)
  }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
