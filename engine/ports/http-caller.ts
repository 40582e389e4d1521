/** One request to an endpoint. */
export interface HttpCall {
  readonly method: string
  readonly url: string
  /** Danger: may hold secrets, as the body and the URL may. */
  readonly headers: { readonly [name: string]: string }
  readonly body?: string
  /** Milliseconds until the whole answer must be there. */
  readonly timeout: number
  /** Bytes of the answer's body that are read at most. */
  readonly limit: number
  readonly signal: AbortSignal
}

/** What came of a request. */
export type HttpReply =
  | {
      readonly kind: 'answered'
      readonly status: number
      /** Names in lower case. */
      readonly headers: { readonly [name: string]: string }
      readonly body: string
      /** Whether the body is longer than the limit, and was cut there. */
      readonly isCut: boolean
    }
  | {
      readonly kind: 'failed'
      readonly reason: string
      /** Whether the far end may have received it all the same. */
      readonly mayBeDone: boolean
    }

/**
 * Makes requests that may change something. HTTP and HTTPS only; never throws, never repeats. A redirect is followed for GET and
 * HEAD to the same host, and never from HTTPS to HTTP; any other one is the answer.
 */
export interface HttpCaller {
  call(request: HttpCall): Promise<HttpReply>
}
