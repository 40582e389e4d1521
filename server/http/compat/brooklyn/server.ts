import type { Health, Identity } from '../../../api/index.js'
import { type BrooklynAnswer, type BrooklynCall, json, text } from './call.js'
import { Refused } from './gateway.js'

/** The product's version; `br login` asks for it to see whether it is let in. */
export async function readVersion({ gateway }: BrooklynCall): Promise<BrooklynAnswer> {
  const { version } = await gateway.read<Identity>('getIdentity')
  return json({ version, buildSha1: '', buildBranch: '', features: [] })
}

/** The identity of the engine's store. */
export async function readPlaneId({ gateway }: BrooklynCall): Promise<BrooklynAnswer> {
  return json({ planeId: (await gateway.read<Identity>('getIdentity')).engine })
}

/** Whether requests are taken. */
export async function readUp({ gateway }: BrooklynCall): Promise<BrooklynAnswer> {
  await gateway.read<Identity>('getIdentity')
  return json(await isReady({ gateway }))
}

/** The same, with the one node that there is. */
export async function readUpExtended(call: BrooklynCall): Promise<BrooklynAnswer> {
  const { engine } = await call.gateway.read<Identity>('getIdentity')
  const up = await isReady(call)
  const state = up ? 'MASTER' : 'INITIALIZING'
  const node = { nodeId: engine, nodeUri: null, status: state, localTimestamp: call.clock.now() }
  const ha = { ownId: engine, masterId: up ? engine : null, nodes: { [engine]: node }, links: {} }
  return json({ up, shuttingDown: false, healthy: up, ha })
}

/** Who asks. */
export function readUser({ gateway }: BrooklynCall): BrooklynAnswer {
  return text(gateway.user)
}

/** The engine holds its store alone from when it is ready on. */
export async function readHaState(call: BrooklynCall): Promise<BrooklynAnswer> {
  await call.gateway.read<Identity>('getIdentity')
  return json((await isReady(call)) ? 'MASTER' : 'INITIALIZING')
}

async function isReady({ gateway }: Pick<BrooklynCall, 'gateway'>): Promise<boolean> {
  try {
    return (await gateway.read<Health>('getReady')).ready
  } catch (thrown) {
    if (thrown instanceof Refused) return false
    throw thrown
  }
}
