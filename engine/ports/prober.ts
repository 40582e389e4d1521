/** What came back from an endpoint. */
export type ProbeAnswer =
  | {
      readonly kind: 'answered'
      readonly status: number
      /** At most the asked limit. */ readonly body: string
    }
  | { readonly kind: 'failed'; readonly reason: string }

/** Whether a port took a connection. */
export type ConnectAnswer =
  { readonly kind: 'connected' } | { readonly kind: 'failed'; readonly reason: string }

/** Asks endpoints how they are. Never throws. */
export interface Prober {
  /** Over HTTP only; follows no redirect. */
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
  /** Opens a TCP connection and closes it at once: nothing is sent. */
  connect(
    host: string,
    port: number,
    options: { readonly timeout: number; readonly signal: AbortSignal },
  ): Promise<ConnectAnswer>
}
