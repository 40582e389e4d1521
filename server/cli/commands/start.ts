import { REASON_OPTION, WAIT_OPTIONS, changeCall, makeChange } from '../change.js'
import type { Verb } from '../verb.js'

/** Wants an application running. */
export const startVerb: Verb = {
  usage: 'start <app>',
  summary: 'want an application running',
  options: [...WAIT_OPTIONS, REASON_OPTION],
  run: (session, input) =>
    makeChange(session, input, changeCall('startApplication', input.word(0), input), 'running'),
}
