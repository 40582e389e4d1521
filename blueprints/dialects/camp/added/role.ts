import type { Json } from '../../../../engine/index.js'

/** What a setting becomes: its key here, '' where it makes no difference, and its values where they have other names. */
export interface Setting {
  readonly key: string
  readonly read?: { readonly [value: string]: Json }
}

/** What acts for a policy or an enricher, and what its settings are there, by their full names. */
export interface Role {
  readonly type: string
  /** What it is here, where it is a policy there. */
  readonly as?: 'enricher'
  readonly settings: { readonly [key: string]: string | Setting }
  readonly always?: { readonly [key: string]: Json }
  /** Settings without which it cannot act here. */
  readonly needs?: readonly string[]
  /** Settings of which none is of use without the others. */
  readonly belong?: readonly string[]
}
