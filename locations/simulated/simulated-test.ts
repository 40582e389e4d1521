import { Failure } from '../../engine/index.js'
import type { ZoneLimits, ZoneUse } from './ledger.js'
import type { SimulatedConfig } from './simulated-config.js'

/** One thing that was tried; the detail of one that does not work says what to do about it. */
export interface TestLine {
  readonly what: string
  readonly ok: boolean
  readonly detail: string
}

/** Tries whether the far end can be asked, whether its zones have room, and says what is scripted to go wrong. */
export async function testPlace(
  config: SimulatedConfig,
  usage: () => Promise<{ readonly [zone: string]: ZoneUse }>,
): Promise<readonly TestLine[]> {
  const { ledger, zones } = config
  const isHere = ledger === 'memory'
  const place = isHere ? 'in this process' : JSON.stringify(ledger)
  try {
    const use = await usage()
    const machines = Object.values(use).reduce((total, zone) => total + zone.machines, 0)
    const lasting = isHere ? '; gone when the server ends' : ''
    return [
      { what: 'ledger', ok: true, detail: `${place}, with ${machines} machines${lasting}` },
      ...Object.entries(zones).map(([name, limits]) => testZone(name, limits, use[name])),
      ...scripted(config),
    ]
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const remedy = isHere ? '' : ': start the ledger there, or set its address as `ledger`'
    return [{ what: 'ledger', ok: false, detail: `${place}: ${error.message}${remedy}` }]
  }
}

const KINDS = ['machines', 'cores', 'memory'] as const

function testZone(name: string, limits: ZoneLimits, use: ZoneUse | undefined): TestLine {
  const lines = KINDS.flatMap((kind) => {
    const limit = limits[kind]
    return limit === undefined ? [] : [{ kind, limit, taken: use?.[kind] ?? 0 }]
  })
  const told = lines.map(({ kind, limit, taken }) => `${taken} of ${limit} ${kind}`).join(', ')
  const isFull = lines.some(({ limit, taken }) => taken >= limit)
  const remedy = isFull ? ': destroy some, or raise `zones`' : ''
  return { what: `zone ${name}`, ok: !isFull, detail: `${told === '' ? 'no limit' : told}${remedy}` }
}

/** No fault of the place, but the reason for many. */
function scripted({ script }: SimulatedConfig): readonly TestLine[] {
  const calls = script.calls?.length ?? 0
  const events = script.events?.length ?? 0
  if (calls + events === 0) return []
  return [
    { what: 'script', ok: true, detail: `bends what happens: ${calls} rules for calls, ${events} events` },
  ]
}
