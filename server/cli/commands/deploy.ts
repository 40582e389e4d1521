import type { Accepted } from '../../api/index.js'
import { WAIT_OPTIONS, tellAccepted, waitWish } from '../change.js'
import { COMPAT_OPTION, ITEM_OPTIONS, SET_OPTION, compatOf, submitNamed } from '../documents.js'
import type { Verb } from '../verb.js'

/** Deploys a document as a new application. */
export const deployVerb: Verb = {
  usage: 'deploy [file]',
  summary: 'deploy a document, or an item of the catalog, as a new application; - is standard input',
  options: [
    SET_OPTION,
    COMPAT_OPTION,
    ...ITEM_OPTIONS,
    ...WAIT_OPTIONS,
    ['--plan <digest>', 'only if this plan is still what would be done'],
    ['--no-start', 'record it without starting it'],
  ],
  examples: ['weir deploy shop.yaml --wait --timeout 5m', 'weir deploy --item shop:1.0.0 --location local'],
  run: async (session, input) => {
    const wish = waitWish(input, 'running')
    const start = input.flag('start') ? {} : { start: false }
    const query = { planDigest: input.text('plan'), ...start, ...compatOf(input) }
    const accepted = await submitNamed<Accepted>(session, input, { route: 'deployApplication', query })
    return tellAccepted(session, accepted, wish)
  },
}
