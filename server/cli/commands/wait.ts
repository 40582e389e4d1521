import { awaitCondition } from '../await-condition.js'
import { tellEnd } from '../change.js'
import { parseCondition } from '../condition.js'
import { parseDuration } from '../duration.js'
import { EXIT } from '../exit.js'
import { targetOf } from '../session.js'
import type { Verb } from '../verb.js'

/** Waits until something is so. */
export const waitVerb: Verb = {
  usage: 'wait <target>',
  summary: 'wait until an application or entity is as wanted; ends with 5 when it is not in time',
  options: [
    ['--for <condition>', 'running, stopped, destroyed, healthy, or sensor:NAME<VALUE', 'running'],
    ['--timeout <duration>', 'how long', '10m'],
  ],
  examples: ['weir wait shop --for healthy --timeout 5m', "weir wait shop/web --for 'sensor:load<5'"],
  run: async (session, input) => {
    const condition = parseCondition(input.text('for') ?? 'running')
    const timeout = parseDuration(input.text('timeout') ?? '10m', '--timeout')
    const target = targetOf(input.word(0))
    const exit = await awaitCondition(session, { target, condition, timeout })
    const isThere = exit === EXIT.ok && condition.name !== 'destroyed'
    if (isThere && target.entity === '') await tellEnd(session, target.application)
    return exit
  },
}
