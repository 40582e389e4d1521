import type { TranslationDesk } from '../../dialect.js'
import type { DocumentNode } from '../../read/document-node.js'

/** What every Brooklyn has under the first name, every server of ours has under the second. */
const THIS_HOST = ['localhost', 'local'] as const

/**
 * Names of locations in order. Brooklyn describes places in documents too; here they are configured once, and a document
 * names them: settings beside a name are told of and not used.
 */
export function readLocations(node: DocumentNode | undefined, desk: TranslationDesk): readonly string[] {
  const nodes = node?.isList === true ? node.items() : node === undefined ? [] : [node]
  const names = nodes.flatMap((one) => readLocation(one, desk))
  return names.map((name) => meant(name, desk.input.locations ?? []))
}

/** `localhost` is the place of this host, unless a place of that name is configured. */
function meant(name: string, known: readonly string[]): string {
  const [theirs, ours] = THIS_HOST
  return name === theirs && !known.includes(theirs) && known.includes(ours) ? ours : name
}

function readLocation(node: DocumentNode, desk: TranslationDesk): readonly string[] {
  if (node.text !== undefined) return [withoutBrackets(node.text, node, desk)]
  const [only, second] = node.entries()
  if (only === undefined || second !== undefined) {
    if (node.isMap) {
      const hint = 'write a list, with one entry for each location'
      desk.report('BP1102', 'a location that is a map has one key, its name', node, { hint })
    }
    return []
  }
  const [name, settings] = only
  if (settings.entries().length > 0) tellSettings(name, settings, desk)
  return [name]
}

function withoutBrackets(text: string, node: DocumentNode, desk: TranslationDesk): string {
  const at = text.indexOf('(')
  if (at < 0) return text
  const name = text.slice(0, at).replace(/:$/, '')
  if (text.slice(at + 1, -1).trim() !== '') tellSettings(name, node, desk)
  return name
}

function tellSettings(name: string, node: DocumentNode, desk: TranslationDesk): void {
  const message = `the settings of location "${name}" are not taken from a document`
  const hint = 'configure it once, with: weir location add'
  desk.report('BP1108', message, node, { severity: 'warning', hint })
}
