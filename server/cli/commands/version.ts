import type { Identity } from '../../api/index.js'
import { CliError, EXIT } from '../exit.js'
import { facts } from '../output.js'
import type { Session } from '../session.js'
import type { Verb } from '../verb.js'

/** Says which versions are talking. */
export const versionVerb: Verb = {
  usage: 'version',
  summary: 'say which version this is, and which the server is',
  run: async (session) => {
    const server = await serverVersion(session)
    const { version } = session.parts
    const text = facts([
      ['Client', version],
      ['Server', server === undefined ? 'not reached' : server.version],
      ['Engine', server?.engine ?? ''],
    ])
    session.output.single({ value: { client: version, server: server ?? null }, text, name: version })
    return EXIT.ok
  },
}

async function serverVersion(session: Session): Promise<Identity | undefined> {
  try {
    return await session.get<Identity>({ route: 'getIdentity' })
  } catch (thrown) {
    if (thrown instanceof CliError && thrown.exit === EXIT.unreachable) return undefined
    throw thrown
  }
}
