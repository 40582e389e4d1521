/** A file of an archive. */
export interface ArchiveFile {
  readonly path: string
  readonly bytes: Uint8Array
}

/** An archive's files, or why it is not taken. */
export type ArchiveContents =
  | { readonly kind: 'entries'; readonly entries: readonly ArchiveFile[] }
  | { readonly kind: 'refused'; readonly reason: 'malformed' | 'too-large'; readonly detail: string }
