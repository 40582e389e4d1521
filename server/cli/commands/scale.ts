import type { ScaleWish } from '../../api/index.js'
import { REASON_OPTION, WAIT_OPTIONS, makeChange } from '../change.js'
import { CliError, EXIT } from '../exit.js'
import { targetOf } from '../session.js'
import { type Verb, wholeNumber } from '../verb.js'

/** Wants a number of members. */
export const scaleVerb: Verb = {
  usage: 'scale <app/role> <count>',
  summary: 'want a number of members of a role',
  options: [...WAIT_OPTIONS, REASON_OPTION],
  examples: ['weir scale shop/web 5 --wait'],
  run: (session, input) => {
    const { application, entity } = targetOf(input.word(0))
    if (entity === '') throw new CliError(EXIT.usage, 'say which role: weir scale APP/ROLE COUNT')
    const reason = input.text('reason')
    const body: ScaleWish = {
      count: wholeNumber(input.word(1), 'the count'),
      ...(reason === undefined ? {} : { reason }),
    }
    return makeChange(
      session,
      input,
      { route: 'scaleRole', params: { application, role: entity }, body },
      'running',
    )
  },
}
