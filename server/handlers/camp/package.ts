import { createHash } from 'node:crypto'
import { utf8TextOf } from '../json-text.js'
import type { Reply } from '../message.js'
import { refuse } from '../refusals.js'
import type { ArchiveFile } from '../archives.js'
import type { CampContext } from './camp-call.js'
import type { PostedPlan } from './posted.js'

/** The files of a package that are about it, and no artifacts. */
const PLAN = 'camp.yaml'
const MANIFEST = 'camp.mf'
const CERTIFICATE = 'camp.cert'

/** The plan of a package (PDP) with the texts beside it; its digests are compared where it brings any. */
export async function readPackage(
  context: CampContext,
  body: Uint8Array | undefined,
): Promise<PostedPlan | Reply> {
  if (body === undefined || body.length === 0) return refuse('invalid-request', 'The body is empty.')
  const read = await context.readArchive(body)
  if (read.kind === 'refused') {
    return refuse(read.reason === 'too-large' ? 'too-large' : 'invalid-request', read.detail)
  }
  const { entries } = read
  const fault = manifestFault(entries)
  if (fault !== undefined) return refuse('invalid-request', fault)
  const plan = entries.find(({ path }) => path === PLAN)
  const text = plan === undefined ? undefined : utf8TextOf(plan.bytes)
  if (text === undefined) return refuse('invalid-request', `A package has ${PLAN} at its root, in UTF-8.`)
  const beside = entries.filter(({ path }) => ![PLAN, MANIFEST, CERTIFICATE].includes(path))
  return { kind: 'posted', text, file: PLAN, ...parted(beside) }
}

/** Artifacts travel as texts; what is none is named, so that a plan that needs it can say so. */
function parted(entries: readonly ArchiveFile[]): Pick<PostedPlan, 'files' | 'left'> {
  const texts = entries.map(({ path, bytes }) => [path, utf8TextOf(bytes)] as const)
  const files = texts.flatMap(([path, text]) => (text === undefined ? [] : [[path, text] as const]))
  return {
    files: Object.fromEntries(files),
    left: texts.flatMap(([path, text]) => (text === undefined ? [path] : [])),
  }
}

/** What of the manifest does not agree with the files; undefined when all does, or there is none. */
function manifestFault(entries: readonly ArchiveFile[]): string | undefined {
  const manifest = entries.find(({ path }) => path === MANIFEST)
  if (manifest === undefined) return undefined
  const lines = (utf8TextOf(manifest.bytes) ?? '?').split(/\r?\n/).filter((line) => line.trim() !== '')
  for (const line of lines) {
    const fault = lineFault(line, entries)
    if (fault !== undefined) return fault
  }
  return undefined
}

function lineFault(line: string, entries: readonly ArchiveFile[]): string | undefined {
  const [, path, digest = ''] = /^SHA256\s*\((.+)\)\s*=\s*([0-9a-fA-F]{64})\s*$/.exec(line) ?? []
  if (path === undefined) return `${MANIFEST}: write SHA256(path)= and 64 hexadecimal digits on each line.`
  const entry = entries.find((one) => one.path === path)
  if (entry === undefined) return `${MANIFEST} names ${path}, which is not in the package.`
  const found = createHash('sha256').update(entry.bytes).digest('hex')
  return found === digest.toLowerCase() ? undefined : `${path} is not what ${MANIFEST} says it is.`
}
