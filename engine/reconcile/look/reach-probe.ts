import { literal } from '../../spec/expression.js'
import type { SensorSource } from '../../spec/entity-spec.js'
import type { Prober } from '../../ports/prober.js'
import type { Clock } from '../../support/clock.js'
import { hostAndPort } from '../../support/host-port.js'
import type { Json } from '../../support/json.js'
import { Secret } from '../../support/secret.js'
import type { FarAsker } from './far-asker.js'
import type { SampledEntity } from './sampled-entity.js'

/** What asking whether something can be reached needs. */
export interface ReachPorts {
  readonly asker: FarAsker
  readonly prober: Prober
  readonly clock: Clock
}

type Reach = Extract<SensorSource, { readonly kind: 'reach' }>

/** Whether it was reached, and if not, why; undefined while it is not known what is to be reached. */
export async function probeReach(
  entity: SampledEntity,
  source: Reach,
  ports: ReachPorts,
): Promise<Json | undefined> {
  const began = ports.clock.now()
  const wrong = await wrongWith(entity, source, ports)
  if (wrong === UNKNOWN) return undefined
  const ms = ports.clock.now() - began
  return wrong === undefined ? { reached: true, ms } : { reached: false, ms, reason: wrong }
}

/** Its address is not known. */
const UNKNOWN = Symbol('unknown')

async function wrongWith(
  entity: SampledEntity,
  { address, timeout }: Reach,
  { asker, prober }: ReachPorts,
): Promise<string | typeof UNKNOWN | undefined> {
  if (address === undefined) return wrongMachine(entity, timeout, asker)
  const known = asker.text(entity.path, address)
  if (known === undefined) return UNKNOWN
  const text = known instanceof Secret ? known.reveal() : known
  if (/^https?:/.test(text)) {
    const answer = await asker.ask(entity.path, address, { timeout })
    if (answer.kind === 'failed') return answer.reason
    return answer.status < 400 ? undefined : `answers ${answer.status}`
  }
  const to = hostAndPort(text)
  if (to === undefined) return 'its address is no URL, and no host and port'
  const answer = await prober.connect(to.host, to.port, { timeout, signal: new AbortController().signal })
  return answer.kind === 'connected' ? undefined : answer.reason
}

/** Its machine, over whatever its place reaches it by. */
async function wrongMachine(
  { slot }: SampledEntity,
  timeout: number,
  asker: FarAsker,
): Promise<string | undefined> {
  if (slot === undefined) return 'it has no machine'
  const said = await asker.exec(slot, literal('true'), { timeout })
  if (said === undefined) return 'nothing could be run on its machine'
  return said.exitCode === 0
    ? undefined
    : `what was run on its machine ended with ${said.exitCode ?? 'no answer'}`
}
