import type { Application, Entity } from '../../api/index.js'
import { cleanLine } from '../clean.js'
import { EXIT } from '../exit.js'
import type { Session } from '../session.js'
import type { Verb } from '../verb.js'

/** Names of applications; with a slash in the word, of what is in the application before it. For completion scripts. */
export const completeVerb: Verb = {
  usage: 'complete [word]',
  summary: 'print the applications, roles and entities that a word may become; completion scripts ask it',
  examples: ['weir complete corner-shop/'],
  run: async (session, input) => {
    const word = input.word(0)
    const [application = ''] = word.split('/')
    const all = word.includes('/') ? await inside(session, application) : await applications(session)
    const names = all.filter((name) => name.startsWith(word) && !/\s/.test(name))
    session.terminal.out(names.map((name) => `${cleanLine(name)}\n`).join(''))
    return EXIT.ok
  },
}

async function applications(session: Session): Promise<readonly string[]> {
  const all = await session.all<Application>({ route: 'listApplications' })
  return all.flatMap(({ id, name }) => [wordOf(name), id])
}

async function inside(session: Session, application: string): Promise<readonly string[]> {
  const all = await session.all<Entity>({ route: 'listEntities', params: { application } })
  return all.filter(({ path }) => path !== '').map(({ path }) => `${application}/${path}`)
}

/** A name as it can be typed: an application is found by it too. */
function wordOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
}
