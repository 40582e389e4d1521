import type { Accepted, Application, Plan } from '../../api/index.js'
import { WAIT_OPTIONS, tellAccepted, waitWish } from '../change.js'
import {
  COMPAT_OPTION,
  type LoadedDocument,
  SET_OPTION,
  compatOf,
  loadDocument,
  submit,
  tellWarnings,
} from '../documents.js'
import { EXIT, RefusedError } from '../exit.js'
import type { Session } from '../session.js'
import type { Call } from '../transport.js'
import type { Verb, VerbInput } from '../verb.js'

/** Makes a document the wanted one of its application; deploys it where there is none. */
export const applyVerb: Verb = {
  usage: 'apply <file>',
  summary: 'make a document the wanted one: change the application of its name, or deploy it',
  options: [
    ['--app <application>', 'change this application'],
    SET_OPTION,
    COMPAT_OPTION,
    ...WAIT_OPTIONS,
    ['--plan <digest>', 'only if this plan is still what would be done'],
    ['--note <text>', 'kept with the version'],
  ],
  examples: ['weir apply shop.yaml --app shop --wait'],
  run: async (session, input) => {
    const wish = waitWish(input, 'running')
    const document = await loadDocument(session, input.word(0), input)
    const call = await callFor(session, document, input)
    const accepted = await submit<Accepted>(session, document, call)
    tellWarnings(session, accepted, document)
    return tellAccepted(session, accepted, wish)
  },
}

async function callFor(session: Session, document: LoadedDocument, input: VerbInput): Promise<Call> {
  const query = { planDigest: input.text('plan'), ...compatOf(input) }
  const application = input.text('app') ?? (await applicationOf(session, document, input))
  if (application === undefined) return { route: 'deployApplication', query }
  return {
    route: 'updateApplication',
    params: { application },
    query: { ...query, note: input.text('note') },
  }
}

/** The application that has the document's name, if there is one. */
async function applicationOf(
  session: Session,
  document: LoadedDocument,
  input: VerbInput,
): Promise<string | undefined> {
  const { name } = await submit<Plan>(session, document, { route: 'planDocument', query: compatOf(input) })
  try {
    const params = { application: name }
    return (await session.get<Application>({ route: 'getApplication', params })).id
  } catch (thrown) {
    if (thrown instanceof RefusedError && thrown.exit === EXIT.notFound) return undefined
    throw thrown
  }
}
