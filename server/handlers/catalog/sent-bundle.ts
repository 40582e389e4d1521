import type { NewBundle } from '../../api/index.js'
import type { ArchiveFile } from '../archives.js'
import { bodyOf } from '../changes.js'
import type { HandlerContext } from '../context.js'
import { utf8TextOf } from '../json-text.js'
import type { CheckedRequest, Reply } from '../message.js'
import { refuse } from '../refusals.js'
import type { SentBundle } from './adding.js'

/** The document at the root of an archive. */
const ROOT = 'catalog.bom'

/** What a request brings as a bundle: a document, a document with files, or an archive. */
export async function sentBundle(
  context: HandlerContext,
  request: CheckedRequest,
): Promise<SentBundle | Reply> {
  const { body } = request
  if (body.kind === 'text') return ofDocument({ document: body.text })
  if (body.kind === 'bytes') return ofArchive(context, body.bytes)
  const { document, archive, file, files } = bodyOf<NewBundle>(request)
  if ((document === undefined) === (archive === undefined)) {
    return refuse('invalid-request', 'document, archive: one of them is required')
  }
  if (archive !== undefined) {
    const isBase64 = /^[A-Za-z0-9+/]*={0,2}$/.test(archive)
    return isBase64
      ? ofArchive(context, Buffer.from(archive, 'base64'))
      : refuse('invalid-request', 'archive: base64 of an archive')
  }
  return ofDocument({
    ...(document === undefined ? {} : { document }),
    ...(file === undefined ? {} : { file }),
    ...(files === undefined ? {} : { files }),
  })
}

/** Files that it names may still come. */
function ofDocument({ document = '', file = ROOT, files = {} }: NewBundle): SentBundle | Reply {
  const strange = Object.keys(files).find((path) => !isBelow(path))
  if (strange !== undefined)
    return refuse('invalid-request', `files: ${JSON.stringify(strange.slice(0, 200))} is no path`)
  return { file, content: { text: document, files, binaries: {} }, whole: false }
}

function isBelow(path: string): boolean {
  return path.length <= 512 && path.split('/').every((step) => step !== '' && step !== '.' && step !== '..')
}

async function ofArchive({ archives }: HandlerContext, bytes: Uint8Array): Promise<SentBundle | Reply> {
  const read = await archives.read(bytes)
  if (read.kind === 'refused') {
    return refuse(read.reason === 'too-large' ? 'too-large' : 'invalid-request', read.detail)
  }
  const root = read.entries.find(({ path }) => path === ROOT)
  const text = root === undefined ? undefined : utf8TextOf(root.bytes)
  if (text === undefined) return refuse('invalid-request', `A bundle has ${ROOT} at its root, in UTF-8.`)
  const beside = read.entries.filter((entry) => entry !== root)
  return { file: ROOT, content: { text, ...parted(beside) }, whole: true }
}

function parted(entries: readonly ArchiveFile[]): Omit<SentBundle['content'], 'text'> {
  const files: [string, string][] = []
  const binaries: [string, string][] = []
  for (const { path, bytes } of entries) {
    const text = utf8TextOf(bytes)
    if (text === undefined) binaries.push([path, Buffer.from(bytes).toString('base64')])
    else files.push([path, text])
  }
  return { files: Object.fromEntries(files), binaries: Object.fromEntries(binaries) }
}
