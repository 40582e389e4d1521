import type { TranslationDesk } from '../../../dialect.js'
import type { Located } from '../../../read/document.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { mapPart, valuePart } from '../../../read/graft.js'

/** What the artifacts of a plan ask of its services, by the services' ids. */
export interface PlanDemands {
  /** Entries of `files`. */
  readonly files: ReadonlyMap<string, readonly Located[]>
  /** Entries of `needs`. */
  readonly needs: ReadonlyMap<string, readonly Located[]>
  /** Services that are written where they are required, each with an id. */
  readonly inline: readonly Located[]
}

/** Reads the artifacts of a plan: hosted ones are files of their host, which waits for what they connect to. */
export function readArtifacts(root: DocumentNode, desk: TranslationDesk): PlanDemands {
  const reader = new ArtifactReader(root, desk)
  for (const [at, artifact] of (root.get('artifacts')?.items() ?? []).entries()) reader.artifact(artifact, at)
  return reader
}

/** What a requirement of a plan can be, by the last word of its type. */
const HOSTS: ReadonlySet<string> = new Set(['HostOn', 'DeployOn', 'InstallOn'])
const CONNECTS: ReadonlySet<string> = new Set(['ConnectTo', 'ConnectsTo', 'DependsOn'])

const ARTIFACT_KEYS: ReadonlySet<string> = new Set([
  ...['name', 'description', 'tags', 'artifact_type', 'type', 'content', 'requirements'],
])
const REQUIREMENT_KEYS: ReadonlySet<string> = new Set(['requirement_type', 'type', 'fulfillment'])

class ArtifactReader implements PlanDemands {
  readonly files: Map<string, Located[]> = new Map<string, Located[]>()
  readonly needs: Map<string, Located[]> = new Map<string, Located[]>()
  readonly inline: Located[] = []
  readonly #desk: TranslationDesk
  readonly #ids: ReadonlySet<string | undefined>

  constructor(root: DocumentNode, desk: TranslationDesk) {
    this.#desk = desk
    this.#ids = new Set((root.get('services')?.items() ?? []).map((item) => item.get('id')?.text))
  }

  artifact(node: DocumentNode, at: number): void {
    this.#reportStrange(node, ARTIFACT_KEYS, 'an artifact')
    const hosts: string[] = []
    const targets: Located[] = []
    for (const [number, item] of (node.get('requirements')?.items() ?? []).entries()) {
      const kind = this.#kindOf(item)
      const target =
        kind === undefined ? undefined : this.#fulfilled(item, `artifact-${at + 1}-${number + 1}`)
      if (target === undefined) continue
      if (kind === 'host') hosts.push(target)
      else targets.push(valuePart(target, item.part))
    }
    if (node.get('requirements') === undefined) {
      const hint = 'add "requirements:" with requirement_type: …:HostOn and fulfillment: id:<service>'
      this.#desk.report('BP1108', 'nothing says which service the artifact is for', node, { hint })
    }
    const file = this.#file(node)
    for (const host of hosts) {
      if (file !== undefined) append(this.files, host, [file])
      append(this.needs, host, targets)
    }
  }

  #kindOf(node: DocumentNode): 'host' | 'connection' | undefined {
    this.#reportStrange(node, REQUIREMENT_KEYS, 'a requirement', 'BP1108')
    const type = node.get('requirement_type') ?? node.get('type')
    const hint = '…:HostOn puts it on the machine of a service, …:ConnectTo makes its host wait for one'
    if (type?.text === undefined) {
      this.#desk.report('BP1104', 'a requirement needs "requirement_type"', node, { hint })
      return undefined
    }
    const word = type.text.split(':').at(-1) ?? ''
    if (HOSTS.has(word)) return 'host'
    if (CONNECTS.has(word)) return 'connection'
    this.#desk.report('BP1108', `nothing is done about a requirement "${type.text}"`, type, { hint })
    return undefined
  }

  /** The id of the service that a requirement is met by. */
  #fulfilled(node: DocumentNode, fresh: string): string | undefined {
    const fulfillment = node.get('fulfillment')
    if (fulfillment?.isMap === true) return this.#inlined(fulfillment, fresh)
    const id = /^id:\s*(.+)$/.exec(fulfillment?.text ?? '')?.[1]
    if (fulfillment !== undefined && id !== undefined) return this.#known(fulfillment, id)
    const hint = 'write fulfillment: id:<service>, or the service itself'
    this.#desk.report('BP1104', 'a requirement needs "fulfillment"', fulfillment ?? node, { hint })
    return undefined
  }

  #known(node: DocumentNode, id: string): string | undefined {
    if (this.#ids.has(id)) return id
    const known = [...this.#ids].filter((one) => one !== undefined).join(', ')
    const hint = known === '' ? 'give a service this id' : `there are ${known}`
    this.#desk.report('BP1203', `there is no service "${id}"`, node, { hint })
    return undefined
  }

  #inlined(node: DocumentNode, fresh: string): string {
    const id = node.get('id')
    this.inline.push(
      mapPart([['id', id?.part ?? valuePart(fresh, node.part)], ...node.part.parts], node.part),
    )
    return id?.text ?? fresh
  }

  /** What is put on the host: a file that came with the plan, or what stands in it. */
  #file(node: DocumentNode): Located | undefined {
    const content = node.get('content')
    const [href, data] = [content?.get('href'), content?.get('data')]
    if (href?.text !== undefined) return this.#named(href, href.text)
    if (data?.text !== undefined) return this.#given(node, data, data.text)
    this.#desk.report('BP1104', 'an artifact needs "content" with "href" or "data"', content ?? node, {
      hint: 'name a file of the package: content: {href: web.js}',
    })
    return undefined
  }

  #named(node: DocumentNode, href: string): Located | undefined {
    if (/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(href)) {
      const hint = 'put it into the package and name it by its path, or fetch it in a command'
      this.#desk.report('BP1108', 'nothing is fetched from elsewhere', node, { hint })
      return undefined
    }
    const name = href.split('/').at(-1) ?? href
    return mapPart(
      [
        ['path', valuePart(name, node.part)],
        ['from', valuePart(href.replace(/^\.\//, ''), node.part)],
      ],
      node.part,
    )
  }

  #given(artifact: DocumentNode, data: DocumentNode, encoded: string): Located | undefined {
    const name = artifact.get('name')
    if (name?.text === undefined) {
      const hint = 'it is the name of the file'
      this.#desk.report('BP1104', 'an artifact with "data" needs "name"', artifact, { hint })
      return undefined
    }
    const text = base64Text(encoded)
    if (text === undefined) {
      this.#desk.report('BP1106', '"data" is not base64 of UTF-8 text', data, {
        hint: 'only texts travel with a plan',
      })
      return undefined
    }
    return mapPart(
      [
        ['path', name.part],
        ['content', valuePart(text, data.part)],
      ],
      data.part,
    )
  }

  #reportStrange(
    node: DocumentNode,
    known: ReadonlySet<string>,
    what: string,
    code: 'BP1103' | 'BP1108' = 'BP1103',
  ): void {
    for (const [key, value] of node.entries()) {
      if (known.has(key)) continue
      const hint = `there are ${[...known].join(', ')}`
      const said =
        code === 'BP1103' ? `unknown key "${key}" of ${what}` : `nothing is done about "${key}" of ${what}`
      this.#desk.reportAt(code, said, value.keyPlace, { pointer: value.pointer, hint })
    }
  }
}

function append(map: Map<string, Located[]>, key: string, parts: readonly Located[]): void {
  map.set(key, [...(map.get(key) ?? []), ...parts])
}

/** The text that base64 says; undefined when it is none. */
function base64Text(encoded: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(encoded.replaceAll(/\s+/g, '')), (character) =>
      character.charCodeAt(0),
    )
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
