import { answered, changeOptions, entityPath, isReply, param } from './changes.js'
import type { HandlerContext } from './context.js'
import { type CheckedRequest, type Reply, reply } from './message.js'

/** The policies and enrichers of an entity. */
export function listPolicies({ engine }: HandlerContext, request: CheckedRequest): Reply {
  return answered(
    engine.policies.list(request.actor, param(request, 'application'), entityPath(request)),
    reply,
  )
}

/** Lets one rest until it is resumed. */
export function suspendPolicy(context: HandlerContext, request: CheckedRequest): Promise<Reply> {
  return suspendOrResume(context, request, 'suspend')
}

/** Lets one act again. */
export function resumePolicy(context: HandlerContext, request: CheckedRequest): Promise<Reply> {
  return suspendOrResume(context, request, 'resume')
}

async function suspendOrResume(
  { engine }: HandlerContext,
  request: CheckedRequest,
  does: 'suspend' | 'resume',
): Promise<Reply> {
  const options = changeOptions(request)
  if (isReply(options)) return options
  const policy = { path: entityPath(request), name: param(request, 'policy') }
  return answered(await engine.policies[does](param(request, 'application'), policy, options), reply)
}
