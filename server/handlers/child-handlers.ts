import type {
  ApplicationSpec,
  ApplicationView,
  ChangeOptions,
  EngineApi,
  Outcome,
} from '../../engine/index.js'
import { digestOfText } from '../../engine/index.js'
import { change, entityPath, isReply, param } from './changes.js'
import type { HandlerContext } from './context.js'
import { type CheckedRequest, type Reply, textQuery } from './message.js'
import { refuse, refused } from './refusals.js'
import { compileSubmission, withWarnings } from './submissions.js'
import { wantedSpec } from './wanted-spec.js'

/** Adds the services of a document to a running application. */
export async function addChildren(context: HandlerContext, request: CheckedRequest): Promise<Reply> {
  const { engine } = context
  const [id, parent] = [param(request, 'application'), entityPath(request)]
  const found = engine.entity(request.actor, id, parent)
  if (found.kind !== 'accepted') return refused(found)
  const running = await wantedSpec(engine, request, id)
  if (running.kind !== 'accepted') return refused(running)
  const names = parent === '' ? [] : parent.split('/')
  const within = { application: running.value, parent: names }
  const document = await compileSubmission(context, request, { deploying: true, within })
  if (isReply(document)) return document
  const { spec } = document
  const brought = BROUGHT.filter((kind) => (spec[kind]?.length ?? 0) > 0)
  if (brought.length > 0)
    return refuse(
      'invalid-request',
      `What is added to a running application has no ${brought.join(', ')} of its own: write them into its document.`,
    )
  if (spec.root.children.length === 0)
    return refuse('invalid-request', 'The document has no services to add.')
  const answer = await change(request, (options) =>
    addAll(engine, { id, parent, spec, key: keyOf(request) }, options),
  )
  return withWarnings(answer, document)
}

/** Takes an entity away that was added. */
export function removeChild({ engine }: HandlerContext, request: CheckedRequest): Promise<Reply> {
  const path = entityPath(request)
  return change(request, (options) => engine.prune(param(request, 'application'), path, options))
}

/** What a whole landscape has and no entity of it. */
const BROUGHT = ['networks', 'rules', 'keys', 'images'] as const

interface Added {
  readonly id: string
  readonly parent: string
  readonly spec: ApplicationSpec
  readonly key: string | undefined
}

/** One after another; the task of the last one is over when all are there. */
async function addAll(
  engine: EngineApi,
  { id, parent, spec, key }: Added,
  options: ChangeOptions,
): Promise<Outcome<ApplicationView>> {
  const { expectGeneration: _only, ...others } = options
  let outcome: Outcome<ApplicationView> = { kind: 'invalid', reason: 'there is nothing to add' }
  for (const [at, child] of spec.root.children.entries()) {
    const own = key === undefined ? {} : { key: at === 0 ? key : `${key} ${at + 1}` }
    outcome = await engine.graft(id, { parent, spec: child, ...own }, at === 0 ? options : others)
    if (outcome.kind !== 'accepted') return outcome
  }
  return outcome
}

/** One that was asked for by an Idempotency-Key is known by it: not even a crash makes two of one request. */
function keyOf(request: CheckedRequest): string | undefined {
  const given = textQuery(request, 'key')
  const once = request.headers['idempotency-key']
  if (given !== undefined || once === undefined) return given
  return digestOfText(`${request.actor.tenant}\n${once}`).slice(0, 12)
}
