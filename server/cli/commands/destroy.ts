import type { Application } from '../../api/index.js'
import { WAIT_OPTIONS, makeChange } from '../change.js'
import { CliError, EXIT } from '../exit.js'
import type { Verb } from '../verb.js'

/** Removes an application and all that was made for it. */
export const destroyVerb: Verb = {
  usage: 'destroy <app>',
  summary: 'stop an application and remove all that was made for it',
  options: [...WAIT_OPTIONS, ['--force', 'skip the graceful part'], ['-y, --yes', 'do not ask']],
  run: async (session, input) => {
    const params = { application: input.word(0) }
    const { name, id, roles } = await session.get<Application>({ route: 'getApplication', params })
    if (!input.flag('yes') && session.terminal.errIsTty) {
      const members = roles.reduce((sum, role) => sum + role.present, 0)
      const said = await session.terminal.ask(`Destroy ${name} (${id}) with ${members} members? [y/N] `)
      if (!/^y/i.test(said.trim())) throw new CliError(EXIT.failed, 'nothing was destroyed')
    }
    const query = input.flag('force') ? { force: true } : {}
    return makeChange(session, input, { route: 'deleteApplication', params, query }, 'destroyed')
  },
}
