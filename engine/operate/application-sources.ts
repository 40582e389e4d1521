import { groupsOf } from '../reconcile/facts/groups.js'
import { worldFor, type WorldSources } from '../reconcile/facts/tracked-world.js'
import type { Application } from './application.js'
import type { KeptPorts } from './kept-application.js'

/** Milliseconds between two changes of one thing for wishes, where nobody says otherwise. */
const STEADY = 1_000

/** What the world of an application is made over; its landscape knows its groups from then on. */
export function sourcesOf(
  application: Pick<Application, 'landscape' | 'board' | 'policies'>,
  ports: KeptPorts,
): WorldSources {
  const { engineId, seal, renderer, external, places, random, steadyFor = STEADY } = ports
  const { landscape, board, policies } = application
  const sources: WorldSources = {
    steadyFor,
    engine: engineId,
    landscape,
    board,
    seal,
    renderer,
    ...(external === undefined ? {} : { external }),
    capabilities: (location) => places.get(location)?.desk.location.capabilities,
    vacancy: ({ location, zone }) => places.get(location)?.desk.vacancy(zone) ?? 'open',
    policyRestarts: (node, path) => policies.restarts(node, path),
    jitter: () => random.next(),
  }
  landscape.groups = groupsOf(landscape, () => worldFor('', ports.clock.now(), sources))
  return sources
}
