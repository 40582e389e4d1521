/** What is to be asked for, or why not. */
export type Wish =
  { readonly kind: 'none' } | { readonly kind: 'hold'; readonly rule: string; readonly reason: string } | Ask

/** A count that is to be asked for. */
export interface Ask {
  readonly kind: 'ask'
  readonly count: number
  readonly reason: string
  /** Whether it waits for no rest and no rate: bounds are kept at once. @default false */
  readonly atOnce?: boolean
}

/** Nothing is to be done. */
export const CONTENT: Wish = { kind: 'none' }
