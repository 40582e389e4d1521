import type { Application } from '../../api/index.js'
import { cleanLine } from '../clean.js'
import { isoTime } from '../duration.js'
import type { Verb } from '../verb.js'
import { FOLLOW_OPTIONS, followEvents } from './events.js'

/** Tells a person what happens in an application. */
export const watchVerb: Verb = {
  usage: 'watch [app]',
  summary: 'tell what happens in an application, from how it stands now until Ctrl-C',
  options: FOLLOW_OPTIONS,
  run: async (session, input) => {
    const application = input.word(0)
    if (application !== '') {
      const { name, state, alerts } = await session.get<Application>({
        route: 'getApplication',
        params: { application },
      })
      session.terminal.err(
        `${cleanLine(name)} is ${state}${alerts.length === 0 ? '' : `: ${cleanLine(alerts.join('; '))}`}\n`,
      )
    }
    return followEvents(session, input, (event) => {
      const where = event.entity === '' ? '' : `${cleanLine(event.entity)}: `
      return `${isoTime(event.at).slice(11, 19)} ${where}${cleanLine(event.text)}\n`
    })
  },
}
