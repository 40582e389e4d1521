/** What came back from an endpoint. */
export type ProbeAnswer =
  | {
      readonly kind: 'answered'
      readonly status: number
      /** At most the asked limit. */ readonly body: string
    }
  | { readonly kind: 'failed'; readonly reason: string }

/** Asks endpoints how they are. HTTP only; follows no redirect; never throws. */
export interface Prober {
  get(
    url: string,
    options: {
      readonly timeout: number
      readonly limit: number
      readonly signal: AbortSignal
      /** Beside the prober's own. Danger: may hold secrets. */
      readonly headers?: { readonly [name: string]: string }
    },
  ): Promise<ProbeAnswer>
}
