import { closeSync, constants, fsyncSync, lstatSync, mkdirSync, openSync, type Stats } from 'node:fs'
import { dirname } from 'node:path'
import { Failure } from '../../engine/index.js'

/**
 * Makes sure that a file exists which only we may read, in a directory that only we may enter: 0600 in 0700. What is
 * there already keeps its rights. Throws a Failure ('denied', never) when a symbolic link or no plain file is in its place.
 */
export function ensurePrivateFile(path: string): void {
  ensurePrivateDirectory(path)
  refuseLink(path)
  try {
    closeSync(
      openSync(path, constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW | constants.O_RDWR, 0o600),
    )
  } catch (thrown) {
    if (codeOf(thrown) !== 'EEXIST') throw fileFailure(path, thrown)
    return
  }
  syncDirectory(dirname(path))
}

/** Makes the directory of a file, 0700, unless it is there. */
export function ensurePrivateDirectory(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  } catch (thrown) {
    throw fileFailure(dirname(path), thrown)
  }
}

/** Throws a Failure ('denied', never) when something other than a plain file has this name; absent is well. */
export function refuseLink(path: string): void {
  const found = statOf(path)
  if (found === undefined || found.isFile()) return
  const what = found.isSymbolicLink() ? 'a symbolic link' : 'no plain file'
  throw new Failure({ cause: 'denied', retry: 'never', message: `${path} is ${what}: name the file itself` })
}

/** Makes a name that was just given or taken in a directory survive a loss of power. */
export function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, constants.O_RDONLY)
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** A failure of the file system as ours, with the file's name in it. */
export function fileFailure(path: string, thrown: unknown): Failure {
  const code = codeOf(thrown)
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  const message = `cannot use ${path}: ${reason}`
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new Failure({ cause: 'capacity', retry: 'soon', message }, thrown)
  if (code === 'ENOENT') return new Failure({ cause: 'missing', retry: 'never', message }, thrown)
  return new Failure({ cause: 'denied', retry: 'never', message }, thrown)
}

/** The error code that Node or SQLite gave a thrown error; '' when it gave none. */
export function codeOf(thrown: unknown): string {
  if (!(thrown instanceof Error) || !('code' in thrown)) return ''
  return typeof thrown.code === 'string' ? thrown.code : ''
}

function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch (thrown) {
    throw fileFailure(path, thrown)
  }
}
