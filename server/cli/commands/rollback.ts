import { WAIT_OPTIONS, makeChange } from '../change.js'
import type { Verb } from '../verb.js'
import { versionNumber } from './versions.js'

/** Wants an earlier version again. */
export const rollbackVerb: Verb = {
  usage: 'rollback <app> <version>',
  summary: 'want an earlier version again; it becomes a new version',
  options: WAIT_OPTIONS,
  run: (session, input) => {
    const body = { version: versionNumber(input.word(1)) }
    const params = { application: input.word(0) }
    return makeChange(session, input, { route: 'rollbackApplication', params, body }, 'running')
  },
}
