import type { Clock, ConnectAnswer, ProbeAnswer, Prober } from '../../engine/index.js'
import { ConnectionProber } from './connection-prober.js'
import { HttpProber } from './http-prober.js'

/** Asks endpoints over Node's own clients. */
export class NodeProber implements Prober {
  readonly #http: HttpProber
  readonly #connections: ConnectionProber

  constructor(clock: Clock) {
    this.#http = new HttpProber(clock)
    this.#connections = new ConnectionProber(clock)
  }

  get(...asked: Parameters<Prober['get']>): Promise<ProbeAnswer> {
    return this.#http.get(...asked)
  }

  connect(...asked: Parameters<Prober['connect']>): Promise<ConnectAnswer> {
    return this.#connections.connect(...asked)
  }
}
