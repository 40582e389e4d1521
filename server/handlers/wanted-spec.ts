import type { ApplicationSpec, EngineApi, Outcome } from '../../engine/index.js'
import type { CheckedRequest } from './message.js'

/** The document that is wanted of an application now. */
export async function wantedSpec(
  engine: EngineApi,
  { actor }: CheckedRequest,
  id: string,
): Promise<Outcome<ApplicationSpec>> {
  const application = engine.application(actor, id)
  if (application.kind !== 'accepted') return application
  const version = await engine.version(actor, id, application.value.version)
  return version.kind === 'accepted' ? { kind: 'accepted', value: version.value.spec } : version
}
