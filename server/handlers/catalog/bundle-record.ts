/** What a bundle was made of, as it was submitted. */
export interface BundleContent {
  /** The catalog document's text. */
  readonly text: string
  /** Texts beside it, by path. */
  readonly files: { readonly [path: string]: string }
  /** Files beside it that are no texts, in base64. */
  readonly binaries: { readonly [path: string]: string }
}

/** A bundle as it is kept. */
export interface BundleRecord {
  readonly tenant: string
  readonly id: string
  readonly version: string
  /** What problems call its document. */
  readonly file: string
  readonly content: BundleContent
  /** Of the content. */
  readonly digest: string
  /** Its place among those of its tenant: a later one comes after. */
  readonly order: number
  readonly addedAt: number
  readonly addedBy: string
}

/** What became of a bundle that was to be kept. */
export type BundleWritten = 'written' | 'moved' | 'full'

/** Where bundles are kept: read from memory, written by compare-and-set. */
export interface Bundles {
  /** A tenant's bundles, in order. */
  list(tenant: string): Promise<readonly BundleRecord[]>
  /** Keeps a bundle in the place of the same version of it, whole or not at all. */
  put(bundle: BundleRecord): Promise<BundleWritten>
  /** Forgets a bundle, if it is still this one. */
  remove(bundle: BundleRecord): Promise<'written' | 'moved'>
}
