/** How much of an archive is taken. */
export interface ArchiveLimits {
  /** Files and folders. @default 1000 */
  readonly entries: number
  /** Bytes of all files, unpacked. @default 8388608 */
  readonly total: number
  /** Bytes of one file, unpacked. @default 4194304 */
  readonly file: number
  /** Bytes of a path. @default 512 */
  readonly path: number
}

/** The limits when nothing else is said. */
export const ARCHIVE_LIMITS: ArchiveLimits = {
  entries: 1000,
  total: 8_388_608,
  file: 4_194_304,
  path: 512,
}

/** A file of an archive. */
export interface ArchiveFile {
  readonly path: string
  readonly bytes: Uint8Array
}

/** An archive's files, or why none of it is taken. */
export type ReadArchive =
  | { readonly kind: 'entries'; readonly entries: readonly ArchiveFile[] }
  | { readonly kind: 'refused'; readonly reason: 'malformed' | 'too-large'; readonly detail: string }

/** Ends the reading of an archive. */
export class Refusal extends Error {
  readonly reason: 'malformed' | 'too-large'

  constructor(reason: 'malformed' | 'too-large', message: string) {
    super(message)
    this.reason = reason
  }
}

/** Takes the files of one archive and throws a Refusal at the first that may not be. */
export class ArchiveShelf {
  readonly limits: ArchiveLimits
  readonly #files: ArchiveFile[] = []
  readonly #paths = new Set<string>()
  #announced = 0
  #total = 0
  #count = 0

  constructor(limits: ArchiveLimits) {
    this.limits = limits
  }

  get entries(): readonly ArchiveFile[] {
    return this.#files
  }

  /** Counts a folder, whose path must be right too. */
  directory(name: string): void {
    this.#counted()
    const path = name.replace(/\/+$/, '')
    if (path !== '.') this.#path(path, name)
  }

  /** Gives the path of a file that says to be so large, before any of it is unpacked. */
  expect(name: string, size: number): string {
    this.#counted()
    const path = this.#path(name, name)
    if (this.#paths.has(path)) throw new Refusal('malformed', `${path} is in the archive twice.`)
    this.#paths.add(path)
    this.#announced += size
    this.#bounded(path, size, this.#announced)
    return path
  }

  /** Keeps a file; what it said of its size counts for nothing. */
  put(path: string, bytes: Uint8Array): void {
    this.#total += bytes.length
    this.#bounded(path, bytes.length, this.#total)
    this.#files.push({ path, bytes })
  }

  #counted(): void {
    this.#count += 1
    if (this.#count > this.limits.entries) {
      throw new Refusal('too-large', `An archive has at most ${this.limits.entries} files and folders.`)
    }
  }

  #bounded(path: string, size: number, total: number): void {
    if (size > this.limits.file) {
      throw new Refusal('too-large', `${path} has more than ${this.limits.file} bytes.`)
    }
    if (total > this.limits.total) {
      throw new Refusal('too-large', `An archive unpacks to at most ${this.limits.total} bytes.`)
    }
  }

  #path(name: string, told: string): string {
    const path = name.replace(/^(\.\/)+/, '')
    if (isBelow(path) && Buffer.byteLength(path) <= this.limits.path) return path
    throw new Refusal(
      'malformed',
      `${JSON.stringify(told.slice(0, 200))} is no path below the archive's root.`,
    )
  }
}

/** Whether a path can mean nothing else than a file below where it is put, on any system. */
function isBelow(path: string): boolean {
  const steps = path.split('/')
  const isOdd = steps.some((step) => step === '' || step === '.' || step === '..')
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  return !isOdd && !/[\u0000-\u001f\u007f\\:]/.test(path)
}
