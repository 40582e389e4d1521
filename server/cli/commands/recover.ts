import { REASON_OPTION, WAIT_OPTIONS, changeCall, makeChange } from '../change.js'
import type { Verb } from '../verb.js'

/** Tries everything again at once. */
export const recoverVerb: Verb = {
  usage: 'recover <app>',
  summary: 'forget back-off and quarantine and try everything again at once',
  options: [...WAIT_OPTIONS, REASON_OPTION],
  run: (session, input) =>
    makeChange(session, input, changeCall('recoverApplication', input.word(0), input), 'running'),
}
