import { posix } from 'node:path'
import { DIRECTORY, type Item } from './item.js'
import type { LedgerFile } from './ledger.js'
import { refusal, type Refused } from './simulated-failures.js'
import type { ShellContext } from './shell.js'

/** Puts files below a directory, or absolute ones where files may go; all of them or none. */
export function putFiles(item: Item, directory: string, files: readonly LedgerFile[]): Refused | undefined {
  const roots = [DIRECTORY.run, DIRECTORY.install, ...(item.extra?.mounts ?? []).map((mount) => mount.path)]
  for (const { path } of files) {
    if (isPlain(path) && roots.some((root) => posix.resolve(directory, path).startsWith(`${root}/`))) continue
    const message = `no file may be put at ${JSON.stringify(path)}: files go below ${roots.join(', ')}`
    return refusal('denied', message)
  }
  for (const file of files) write(item, posix.resolve(directory, file.path), file)
  return undefined
}

/** A machine's files, and what a command on it was given. */
export function shellContext(
  item: Item,
  directory: string,
  given: { readonly environment: { readonly [name: string]: string }; readonly stdin?: string },
): ShellContext {
  const placeOf = (path: string): string => posix.resolve(directory, path)
  return {
    environment: given.environment,
    stdin: given.stdin ?? '',
    read: (path) => read(item, placeOf(path)),
    write: (path, content, append) => {
      const old = append ? read(item, placeOf(path)) : undefined
      write(item, placeOf(path), {
        path,
        content: `${old?.content ?? ''}${content}`,
        mode: old?.mode ?? 0o644,
      })
    },
  }
}

function read(item: Item, path: string): LedgerFile | undefined {
  const place = placeIn(item, path)
  return place.holder.extra?.files?.get(place.path)
}

function write(item: Item, path: string, file: LedgerFile): void {
  const place = placeIn(item, path)
  const extra = place.holder.more()
  extra.files ??= new Map()
  extra.files.set(place.path, { ...file, path: place.path })
}

/** Whose file it is: what lies below a mount is the volume's. */
function placeIn(item: Item, path: string): { readonly holder: Item; readonly path: string } {
  const mount = item.extra?.mounts?.find((one) => path.startsWith(`${one.path}/`))
  return mount === undefined
    ? { holder: item, path }
    : { holder: mount.volume, path: path.slice(mount.path.length) }
}

function isPlain(path: string): boolean {
  return path !== '' && !path.endsWith('/') && !path.includes('\0') && !path.split('/').includes('..')
}
