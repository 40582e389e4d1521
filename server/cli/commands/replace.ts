import type { ReplaceWish } from '../../api/index.js'
import { REASON_OPTION, WAIT_OPTIONS, makeChange } from '../change.js'
import { CliError, EXIT } from '../exit.js'
import { entityParams, targetOf } from '../session.js'
import type { Verb } from '../verb.js'

/** Replaces a member. */
export const replaceVerb: Verb = {
  usage: 'replace <app/entity>',
  summary: 'replace a member by a new incarnation',
  options: [
    ['--order <order>', 'new-first or old-first; as its role says when left out'],
    ['--incarnation <number>', 'only if this is still the current one'],
    ...WAIT_OPTIONS,
    REASON_OPTION,
  ],
  run: (session, input) => {
    const [order, reason] = [input.text('order'), input.text('reason')]
    if (order !== undefined && order !== 'new-first' && order !== 'old-first') {
      throw new CliError(EXIT.usage, `--order is new-first or old-first, not ${order}`)
    }
    const incarnation = input.integer('incarnation')
    const body: ReplaceWish = {
      ...(order === undefined ? {} : { order }),
      ...(incarnation === undefined ? {} : { incarnation }),
      ...(reason === undefined ? {} : { reason }),
    }
    const params = entityParams(targetOf(input.word(0)))
    return makeChange(session, input, { route: 'replaceEntity', params, body }, 'running')
  },
}
