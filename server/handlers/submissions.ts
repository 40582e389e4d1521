import { type ApplicationSpec, type JsonObject, type Problem, isJsonObject } from '../../engine/index.js'
import type { Submission, Validation } from '../api/index.js'
import { itemDocument } from './catalog/item-document.js'
import { bodyOf, isReply } from './changes.js'
import type { CompileInputs, Compiled, HandlerContext, OfflineContext } from './context.js'
import { type CheckedRequest, type Reply, flagQuery, reply } from './message.js'
import { documentRefused, refuse, wireProblem } from './refusals.js'

/** A document that compiles, with its text. */
export interface Accepted {
  readonly kind: 'document'
  readonly spec: ApplicationSpec
  readonly source: string
  /** Warnings. */
  readonly problems: readonly Problem[]
}

/** What a document is compiled for; to be looked at where nothing is said. */
type Purpose = Pick<CompileInputs, 'deploying' | 'within' | 'compat'>

/** What problems call a document that came without a name. */
const UNNAMED = 'blueprint.yaml'

/** Compiles the document of a request, or says why not: all problems at once. */
export async function compileSubmission(
  context: OfflineContext,
  request: CheckedRequest,
  purpose: Purpose = {},
): Promise<Accepted | Reply> {
  const submission = await readSubmission(context, request)
  if (isReply(submission)) return submission
  const result = compiled(context, submission, { ...leniencyOf(request), ...purpose })
  switch (result.kind) {
    case 'problems':
      return documentRefused(result.problems)
    case 'missing':
      return missingFiles(result.files)
    case 'compiled':
      return {
        kind: 'document',
        spec: result.spec,
        source: submission.document,
        problems: result.problems,
      }
  }
}

/** The answer to what was made of a document, with the warnings about it where it succeeded. */
export function withWarnings(answer: Reply, { problems }: Accepted): Reply {
  const { body } = answer
  if (problems.length === 0 || answer.status >= 300 || typeof body !== 'object') return answer
  return { ...answer, body: { ...body, warnings: problems.map(wireProblem) } }
}

/** Says what is wrong with a document; changes nothing. */
export async function validateDocument(context: OfflineContext, request: CheckedRequest): Promise<Reply> {
  const submission = await readSubmission(context, request)
  if (isReply(submission)) return submission
  const result = compiled(context, submission, leniencyOf(request))
  const problems = result.kind === 'missing' ? [] : result.problems.map(wireProblem)
  const missing = result.kind === 'missing' ? result.files : []
  const body: Validation = { valid: result.kind === 'compiled', problems, missing }
  return reply(body)
}

/** Compiles a document that came inside of a request which is about something else. */
export async function compileGiven(
  context: OfflineContext,
  request: CheckedRequest,
  given: Submission,
  purpose: Purpose = {},
): Promise<Compiled | Reply> {
  const submission = await readGiven(context, request, given)
  return isReply(submission) ? submission : compiled(context, submission, purpose)
}

function leniencyOf(request: CheckedRequest): Pick<CompileInputs, 'compat'> {
  const compat = flagQuery(request, 'compat')
  return compat === undefined ? {} : { compat }
}

/** A document as it was sent, or as it is made of an item, with what it may name. */
type ReadSubmission = Omit<Submission, 'document' | 'item' | 'location'> &
  Pick<CompileInputs, 'catalog'> & { readonly document: string }

function compiled(context: OfflineContext, submission: ReadSubmission, purpose: Purpose): Compiled {
  const { document, file, files, parameters, catalog } = submission
  const given: JsonObject = parameters !== undefined && isJsonObject(parameters) ? parameters : {}
  const main = { file: file ?? UNNAMED, text: document }
  return context.compile(
    { main, files: files ?? {} },
    {
      parameters: given,
      ...locationsOf(context),
      ...(catalog === undefined ? {} : { catalog }),
      ...purpose,
    },
  )
}

/** Only a server knows which places there are. */
function locationsOf(context: OfflineContext | HandlerContext): Pick<CompileInputs, 'locations'> {
  return 'engine' in context ? { locations: context.engine.locations().map(({ name }) => name) } : {}
}

async function readSubmission(
  context: OfflineContext | HandlerContext,
  request: CheckedRequest,
): Promise<ReadSubmission | Reply> {
  const { body } = request
  const given = body.kind === 'text' ? { document: body.text } : bodyOf<Submission>(request)
  return readGiven(context, request, given)
}

async function readGiven(
  context: OfflineContext | HandlerContext,
  { actor }: CheckedRequest,
  { document, item, location, ...rest }: Submission,
): Promise<ReadSubmission | Reply> {
  const catalog = 'catalogs' in context ? await context.catalogs.of(actor.tenant) : undefined
  const known = catalog === undefined ? {} : { catalog: catalog.view }
  if ((document === undefined) === (item === undefined))
    return refuse('invalid-request', 'document, item: one of them is required')
  if (document !== undefined) {
    if (location === undefined) return { document, ...rest, ...known }
    return refuse('invalid-request', 'location: the document says where it is put')
  }
  if (catalog === undefined) return refuse('unsupported', 'Without a server there is no catalog with items.')
  const made = itemDocument(catalog, item ?? '', location)
  return isReply(made) ? made : { ...rest, ...made, ...known }
}

/** Refuses a document whose artifacts did not come with it. */
export function missingFiles(files: readonly string[]): Reply {
  return refuse('missing-files', `The document names ${files.join(', ')}, which did not come with it.`, {
    missing: files,
  })
}
