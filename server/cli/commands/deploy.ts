import type { Accepted } from '../../api/index.js'
import { WAIT_OPTIONS, tellAccepted, waitWish } from '../change.js'
import { SET_OPTION, loadDocument, submit } from '../documents.js'
import type { Verb } from '../verb.js'

/** Deploys a document as a new application. */
export const deployVerb: Verb = {
  usage: 'deploy <file>',
  summary: 'deploy a document as a new application; - is standard input',
  options: [
    SET_OPTION,
    ...WAIT_OPTIONS,
    ['--plan <digest>', 'only if this plan is still what would be done'],
    ['--no-start', 'record it without starting it'],
  ],
  examples: ['weir deploy shop.yaml --wait --timeout 5m'],
  run: async (session, input) => {
    const wish = waitWish(input, 'running')
    const document = await loadDocument(session, input.word(0), input)
    const query = { planDigest: input.text('plan'), ...(input.flag('start') ? {} : { start: false }) }
    const accepted = await submit<Accepted>(session, document, { route: 'deployApplication', query })
    return tellAccepted(session, accepted, wish)
  },
}
