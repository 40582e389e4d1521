import { REASON_OPTION, WAIT_OPTIONS, changeCall, makeChange } from '../change.js'
import type { Verb } from '../verb.js'

/** Wants an application stopped. */
export const stopVerb: Verb = {
  usage: 'stop <app>',
  summary: 'want an application stopped; machines are kept unless its document says otherwise',
  options: [...WAIT_OPTIONS, REASON_OPTION],
  run: (session, input) =>
    makeChange(session, input, changeCall('stopApplication', input.word(0), input), 'stopped'),
}
