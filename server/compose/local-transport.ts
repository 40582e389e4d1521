import { silentLog } from '../../engine/index.js'
import { policyTrials, stockKinds } from '../../policies/index.js'
import type { Call, CallAnswer, Transport } from '../cli/transport.js'
import { handleOffline, type OfflineContext } from '../handlers/index.js'
import { imaginedProver } from './imagined-prover.js'
import { offlineCompile } from './offline.js'

/** Answers the calls that need no server with the same handlers, in this process. */
export function localTransport(quota: number): Transport {
  const context: OfflineContext = {
    compile: offlineCompile(stockKinds, quota),
    policies: {
      kinds: stockKinds,
      trials: policyTrials(stockKinds),
      most: Infinity,
      proofs: { prover: imaginedProver(stockKinds), most: Infinity },
    },
    log: silentLog,
  }
  return {
    ask: (call) => askHere(context, call),
    follow: () => {
      throw new Error('events need a server')
    },
  }
}

async function askHere(context: OfflineContext, call: Call): Promise<CallAnswer> {
  const query = Object.entries(call.query ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as const],
  )
  const answer = await handleOffline(context, {
    route: call.route,
    actor: { tenant: 'default', name: 'local' },
    params: call.params ?? {},
    query: Object.fromEntries(query),
    headers: call.headers ?? {},
    body:
      call.body === undefined
        ? { kind: 'none' }
        : { kind: 'json', value: JSON.parse(JSON.stringify(call.body)) as never },
  })
  if (answer.kind === 'stream') throw new Error('a stream needs a server')
  return { status: answer.status, headers: answer.headers, body: answer.body }
}
