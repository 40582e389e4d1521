import { posix } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pack } from 'tar-stream'
import { Secret, type FailureRecord, type MachineFile } from '../../engine/index.js'
import { DIRECTORY } from './docker-shapes.js'

/** A file and where it goes; `staged` is the name beside it under which it arrives. */
export interface PlacedFile {
  readonly file: MachineFile
  readonly path: string
  readonly staged: string
}

/** Where files go, or why one of them may not. */
export type Placing =
  | { readonly kind: 'ready'; readonly files: readonly PlacedFile[] }
  | { readonly kind: 'refused'; readonly failure: FailureRecord }

/**
 * Places files: relative paths in the run directory, absolute ones in run or install directory or below what the
 * location calls writable. `mark` makes the staged names unlike any other.
 */
export function placeFiles(
  files: readonly MachineFile[],
  writable: readonly string[],
  mark: string,
): Placing {
  const roots = [DIRECTORY.run, DIRECTORY.install, ...writable]
  const placed: PlacedFile[] = []
  for (const file of files) {
    const path = posix.resolve(DIRECTORY.run, file.path)
    if (!isPlain(file.path) || !roots.some((root) => isBelow(path, root))) return refuse(file.path, roots)
    placed.push({ file, path, staged: `${posix.dirname(path)}/.${mark}.${placed.length}` })
  }
  return { kind: 'ready', files: placed }
}

/** A tar archive, to be unpacked at '/', that holds each file under the name that `nameOf` gives it. */
export async function archiveOf(
  files: readonly PlacedFile[],
  nameOf: (file: PlacedFile) => string,
): Promise<Buffer> {
  const archive = pack()
  for (const placed of files) {
    const { content, mode } = placed.file
    // Without a leading slash, and of no time: the same files give the same archive.
    const header = { name: nameOf(placed).replace(/^\//, ''), mode, mtime: new Date(0) }
    archive.entry(header, content instanceof Secret ? content.reveal() : content)
  }
  archive.finalize()
  return buffer(archive)
}

/** Puts staged files in place, each by one rename: readers see the old file or the new one. */
export function renameCommand(files: readonly PlacedFile[]): readonly string[] {
  return ['/bin/sh', '-c', RENAME, 'sh', ...files.flatMap(({ staged, path }) => [staged, path])]
}

/** Takes staged files away again. */
export function discardCommand(files: readonly PlacedFile[]): readonly string[] {
  return ['/bin/sh', '-c', 'rm -f "$@"', 'sh', ...files.map(({ staged }) => staged)]
}

const RENAME = [
  'while [ $# -gt 1 ]; do',
  '  if [ -d "$2" ]; then echo "$2 is a directory" >&2; exit 73; fi',
  '  mv -f "$1" "$2" || exit 1',
  '  shift 2',
  'done',
].join('\n')

function isPlain(path: string): boolean {
  if (path === '' || path.endsWith('/') || path.includes('\0')) return false
  return !path.split('/').includes('..')
}

function isBelow(path: string, root: string): boolean {
  return path.startsWith(root.endsWith('/') ? root : `${root}/`)
}

function refuse(path: string, roots: readonly string[]): Placing {
  const message = `no file may be put at ${JSON.stringify(path)}: files go below ${roots.join(', ')}`
  return { kind: 'refused', failure: { cause: 'denied', retry: 'never', message } }
}
