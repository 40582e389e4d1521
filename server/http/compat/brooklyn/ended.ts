import type { Task } from '../../../api/index.js'
import { refuse } from '../../../handlers/index.js'
import type { BrooklynCall } from './call.js'
import { Refused } from './gateway.js'

/** Milliseconds that anybody waits at most; Brooklyn waits for ever. */
export const LONGEST = 60_000

/** Milliseconds between looks. */
const STEP = 100

const UNITS: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, '': 1 }

/** The `timeout` of a request in milliseconds: `always` is at once, `never` as long as anybody waits. */
export function patience({ query }: BrooklynCall, otherwise: 'always' | 'never'): number {
  const said = (query['timeout'] ?? '').trim().toLowerCase()
  const word = said === '' ? otherwise : said
  if (word === 'always') return 0
  if (word === 'never') return LONGEST
  const [, count, unit = ''] = /^([0-9]{1,9}(?:\.[0-9]{1,3})?) *(ms|s|m|h|)$/.exec(word) ?? []
  const factor = UNITS[unit]
  if (count === undefined || factor === undefined)
    throw new Refused(refuse('invalid-request', `timeout: not a time such as 30s: ${said.slice(0, 40)}`))
  return Math.min(Number(count) * factor, LONGEST)
}

/** The task when it has ended, or as it is when patience has, or when who asked has gone. */
export async function taskEnded(call: BrooklynCall, task: string, milliseconds: number): Promise<Task> {
  const until = call.clock.now() + milliseconds
  for (;;) {
    const now = await call.gateway.read<Task>('getTask', { params: { task } })
    if (now.state !== 'running' || call.hasLeft() || call.clock.now() >= until) return now
    await new Promise<void>((resolve) => {
      call.clock.schedule(STEP, resolve)
    })
  }
}
