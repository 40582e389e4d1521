import { EXIT } from '../exit.js'
import { entityParams, targetOf } from '../session.js'
import type { Verb } from '../verb.js'

/** Prints what the services of an entity say. */
export const logsVerb: Verb = {
  usage: 'logs <target>',
  summary: 'print what the services of an entity say (APP/ENTITY)',
  options: [['--lines <number>', 'lines at most', '200']],
  run: async (session, input) => {
    const query = { lines: input.integer('lines') }
    const params = entityParams(targetOf(input.word(0)))
    session.output.text(await session.get<string>({ route: 'readLogs', params, query }))
    return EXIT.ok
  },
}
