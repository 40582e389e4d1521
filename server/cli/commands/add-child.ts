import type { Accepted } from '../../api/index.js'
import { WAIT_OPTIONS, makeChange, tellAccepted, waitWish } from '../change.js'
import { SET_OPTION, loadDocument, submit, tellWarnings } from '../documents.js'
import { entityParams, targetOf } from '../session.js'
import type { Verb } from '../verb.js'

/** Adds the services of a document to a running application. */
export const addChildVerb: Verb = {
  usage: 'add-child <app/entity> <file>',
  summary: 'add the services of a document to a running application, inside of an entity',
  options: [
    ['--key <key>', 'by which it is known: asked for again, it is changed in its place'],
    SET_OPTION,
    ...WAIT_OPTIONS,
  ],
  examples: ['weir add-child shop/data cache.yaml --key cache --wait'],
  run: async (session, input) => {
    const wish = waitWish(input, 'running')
    const params = entityParams(targetOf(input.word(0)))
    const document = await loadDocument(session, input.word(1), input)
    const call = { route: 'addChildren', params, query: { key: input.text('key') } } as const
    const accepted = await submit<Accepted>(session, document, call)
    tellWarnings(session, accepted, document)
    return tellAccepted(session, accepted, wish)
  },
}

/** Takes an entity away that was added. */
export const removeChildVerb: Verb = {
  usage: 'remove-child <app/entity>',
  summary: 'take an entity away that was added while its application ran',
  options: [...WAIT_OPTIONS],
  run: (session, input) => {
    const params = entityParams(targetOf(input.word(0)))
    return makeChange(session, input, { route: 'removeChild', params }, 'running')
  },
}
