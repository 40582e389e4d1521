import type { TranslationDesk } from '../../dialect.js'
import type { DocumentNode } from '../../read/document-node.js'

/**
 * Names of locations in order. Brooklyn describes places in documents too; here they are configured once, and a document
 * names them: settings beside a name are told of and not used.
 */
export function readLocations(node: DocumentNode | undefined, desk: TranslationDesk): readonly string[] {
  if (node === undefined) return []
  return node.isList ? node.items().flatMap((item) => readLocation(item, desk)) : readLocation(node, desk)
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
