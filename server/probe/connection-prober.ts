import { connect } from 'node:net'
import type { Clock, ConnectAnswer } from '../../engine/index.js'
import { reasonOf } from './response-body.js'

/** Opens TCP connections to see whether they are taken. Nothing is sent, and none is kept. */
export class ConnectionProber {
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  connect(
    host: string,
    port: number,
    { timeout, signal }: { readonly timeout: number; readonly signal: AbortSignal },
  ): Promise<ConnectAnswer> {
    if (signal.aborted) return Promise.resolve(failed('aborted'))
    return new Promise((resolve) => {
      const socket = connect({ host, port })
      const settle = (answer: ConnectAnswer): void => {
        cancel()
        signal.removeEventListener('abort', abort)
        socket.destroy()
        resolve(answer)
      }
      const abort = (): void => {
        settle(failed('aborted'))
      }
      const cancel = this.#clock.schedule(timeout, () => {
        settle(failed(`no connection within ${timeout} ms`))
      })
      signal.addEventListener('abort', abort)
      socket.on('connect', () => {
        settle({ kind: 'connected' })
      })
      // Also after it is settled: what a destroyed socket says then must not bring the process down.
      socket.on('error', (thrown) => {
        settle(failed(reasonOf(thrown)))
      })
    })
  }
}

function failed(reason: string): ConnectAnswer {
  return { kind: 'failed', reason }
}
