import type { Clock, Log } from '../../engine/index.js'
import type { Answer, CampCall, HandlerRequest, Reply } from '../handlers/index.js'
import type { Token } from './authenticate.js'

/** What the server takes and how long it waits. */
export interface HttpLimits {
  /** Bytes of a request's body. @default 8388608 */
  readonly body: number
  /** Levels of a JSON body. @default 64 */
  readonly depth: number
  /** Event streams open at once. @default 2000 */
  readonly streams: number
  /** Bytes kept for one stream whose client reads too slowly. @default 262144 */
  readonly pending: number
  /** Milliseconds between heartbeats of event streams. @default 15000 */
  readonly heartbeat: number
  /** Milliseconds in which the head of a request must be there. @default 10000 */
  readonly headersTimeout: number
  /** Milliseconds in which the whole request must be there. @default 30000 */
  readonly requestTimeout: number
  /** Milliseconds between looks at these two. @default 5000 */
  readonly checkInterval: number
  /** Connections open at once. @default 4096 */
  readonly connections: number
}

/** What the HTTP server is made of. */
export interface HttpOptions {
  /** Answers a call; never rejects. */
  readonly handle: (request: HandlerRequest) => Promise<Answer>
  readonly tokens: readonly Token[]
  readonly clock: Clock
  readonly log: Log
  /** The product's version. */
  readonly version: string
  readonly limits?: Partial<HttpLimits>
  /** Folder with a page for each code of a problem, `<CODE>.md`; absent: no such pages. */
  readonly errorPages?: string
  /** Answers a call of CAMP; never rejects. Absent: CAMP is not spoken. */
  readonly camp?: (call: CampCall) => Promise<Reply>
  /** Folder of the console, served at `/`; absent: no console. */
  readonly console?: string
}

/** Limits that hold when nothing else is said. */
export const DEFAULT_LIMITS: HttpLimits = {
  body: 8_388_608,
  depth: 64,
  streams: 2000,
  pending: 262_144,
  heartbeat: 15_000,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  checkInterval: 5000,
  connections: 4096,
}
