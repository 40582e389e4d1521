import { type Expression, type FileSpec, literal } from '../../../../engine/index.js'
import { type TranslationDesk, plainPath } from '../../../dialect.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { FILE_MODE } from '../../../resolve/defaults.js'
import { templateExpression } from '../../../template/template-expression.js'
import { readExpression } from '../language/expressions.js'

/** Files of a document: those put in place once, and those written again when what they show changes. */
export interface ReadFiles {
  readonly fixed: readonly FileSpec[]
  readonly live: readonly FileSpec[]
}

/** The entries under `files`. A template is live; everything else is put in place before the commands. */
export function readFiles(node: DocumentNode | undefined, desk: TranslationDesk): ReadFiles {
  const fixed: FileSpec[] = []
  const live: FileSpec[] = []
  for (const item of node?.items() ?? []) {
    const file = item.text === undefined ? longFile(item, desk) : artifactFile(item, item.text, desk)
    const isLive = item.get('template') !== undefined || item.get('templateFrom') !== undefined
    if (file !== undefined) (isLive ? live : fixed).push(file)
  }
  return { fixed, live }
}

/** Brooklyn's maps of source to destination; `asTemplate` when each source is one. */
export function readFileMap(
  node: DocumentNode | undefined,
  asTemplate: boolean,
  desk: TranslationDesk,
): readonly FileSpec[] {
  return (node?.entries() ?? []).flatMap(([source, target]) => {
    const path = target.text
    if (path === undefined || isNamedLater(source, target, desk)) return []
    const content = asTemplate
      ? templateArtifact(target, source, desk)
      : artifactContent(target, source, desk)
    return content === undefined ? [] : [desk.origins.mark({ path, content, mode: FILE_MODE }, target.place)]
  })
}

/** Files are brought with the document, so which they are is known when it is read. */
function isNamedLater(source: string, target: DocumentNode, desk: TranslationDesk): boolean {
  if (!source.startsWith('$brooklyn:')) return false
  desk.reportAt('BP1308', 'the name of a file cannot be an expression', target.keyPlace, {
    pointer: target.pointer,
    hint: 'write the name of a file beside the document; what is in it may be a template',
  })
  return true
}

/** A template's text as an expression, its faults reported where the template is written. */
export function templateContent(
  text: string,
  node: DocumentNode,
  desk: TranslationDesk,
  file?: string,
): Expression | undefined {
  const read = templateExpression(text)
  if ('expression' in read) return desk.origins.mark(read.expression, node.place)
  for (const fault of read.faults) {
    const start = { line: fault.line, column: fault.column }
    const place =
      file === undefined
        ? node.place
        : { file, range: { start, end: { ...start, column: start.column + 1 } } }
    const related =
      file === undefined
        ? {}
        : { related: [{ message: 'used here', file: node.place.file, range: node.place.range }] }
    desk.reportAt(fault.code, `template: ${fault.message}`, place, {
      pointer: node.pointer,
      hint: fault.hint,
      ...related,
    })
  }
  return undefined
}

function artifactFile(node: DocumentNode, path: string, desk: TranslationDesk): FileSpec | undefined {
  const content = artifactContent(node, path, desk)
  return content === undefined ? undefined : desk.origins.mark({ path, content, mode: FILE_MODE }, node.place)
}

/** The text of an artifact; undefined when it is still missing, or must not be fetched. */
function artifactContent(node: DocumentNode, path: string, desk: TranslationDesk): Expression | undefined {
  const text = artifactText(node, path, desk)
  return text === undefined ? undefined : literal(text)
}

/** The text of an artifact; told, and undefined, where its path leaves the document's directory. */
export function artifactText(node: DocumentNode, path: string, desk: TranslationDesk): string | undefined {
  if (!leavesDirectory(plainPath(path))) return desk.artifact(path, node)
  const hint = 'name a file beside the blueprint, e.g. web.js'
  desk.report('BP1501', `"${path}" leaves the blueprint's directory`, node, { hint })
  return undefined
}

/** Whether an artifact's path could mean something outside the blueprint's own directory. */
function leavesDirectory(path: string): boolean {
  return path.startsWith('/') || path.includes('\\') || path.split('/').includes('..')
}

function templateArtifact(node: DocumentNode, path: string, desk: TranslationDesk): Expression | undefined {
  const text = artifactText(node, path, desk)
  return text === undefined ? undefined : templateContent(text, node, desk, path)
}

const SOURCES = ['from', 'content', 'template', 'templateFrom'] as const

function longFile(node: DocumentNode, desk: TranslationDesk): FileSpec | undefined {
  const given = SOURCES.filter((source) => node.get(source) !== undefined)
  const path = node.get('path') ?? node.get('from') ?? node.get('templateFrom')
  if (path?.text === undefined) {
    if (node.isMap && node.get('path') === undefined) {
      desk.report('BP1104', 'a file needs the key "path"', node, { hint: 'add "path:"' })
    }
    return undefined
  }
  const [, second] = given
  const extra = second === undefined ? undefined : node.get(second)
  if (extra !== undefined) {
    const hint = `keep one of ${given.join(', ')}`
    desk.reportAt('BP1503', `the file "${path.text}" has more than one source`, extra.keyPlace, {
      pointer: extra.pointer,
      hint,
    })
  }
  const content = contentOf(node, path, desk)
  if (content === undefined) return undefined
  return desk.origins.mark({ path: path.text, content, mode: modeOf(node.get('mode'), desk) }, path.place)
}

function contentOf(node: DocumentNode, path: DocumentNode, desk: TranslationDesk): Expression | undefined {
  const content = node.get('content')
  if (content !== undefined) return readExpression(content, desk)
  const template = node.get('template')
  if (template?.text !== undefined) return templateContent(template.text, template, desk)
  const templateFrom = node.get('templateFrom')
  if (templateFrom?.text !== undefined) return templateArtifact(templateFrom, templateFrom.text, desk)
  const from = node.get('from') ?? path
  return from.text === undefined ? undefined : artifactContent(from, from.text, desk)
}

/** Permissions as people write them: 755, '0755'. */
function modeOf(node: DocumentNode | undefined, desk: TranslationDesk): number {
  if (node === undefined) return FILE_MODE
  const digits = String(node.text ?? node.number ?? '').replace(/^0o?/, '')
  if (/^[0-7]{3}$/.test(digits)) return Number.parseInt(digits, 8)
  desk.report('BP1106', `"mode" cannot be ${String(node.text ?? node.number)}`, node, {
    hint: "write three octal digits, e.g. '755'",
  })
  return FILE_MODE
}
