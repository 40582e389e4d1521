import { sitesOf } from '../../reconcile/facts/placement.js'
import type { KeptApplication, KeptPorts } from '../kept-application.js'

type Answer = { readonly location: string } | { readonly reason: string }

/**
 * Where a container beside an entity runs: at the place that is named; else where the machine of the entity is, or may be; else where one of what is
 * around it may be; else at the only place there is that can, of
 * which an imagined one does not count beside another.
 */
export function containerPlace(
  application: KeptApplication,
  { places }: Pick<KeptPorts, 'places'>,
  { entity, named }: { readonly entity: string; readonly named: string | undefined },
): Answer {
  const all = places.all().filter(({ desk }) => desk.location.capabilities.containers)
  const able = all.map(({ record }) => record.name)
  if (named !== undefined) return atNamed(named, able, places.get(named) !== undefined)
  const near = nearest(application, entity).find((name) => able.includes(name))
  if (near !== undefined) return { location: near }
  const real = all.filter(({ desk }) => !desk.location.capabilities.imagined)
  const [only, other] = (real.length > 0 ? real : all).map(({ record }) => record.name)
  if (only !== undefined && other === undefined) return { location: only }
  if (only === undefined) return { reason: `no location here runs containers beside entities: ${ADD}` }
  return { reason: `several locations run containers: name one of them with "location": ${able.join(', ')}` }
}

const ADD = 'add one, e.g. weir location add docks docker'

function atNamed(name: string, able: readonly string[], isThere: boolean): Answer {
  if (able.includes(name)) return { location: name }
  const what = isThere ? 'runs no containers beside entities' : 'is not there'
  const others = able.length === 0 ? ADD : `name one of ${able.join(', ')}`
  return { reason: `location ${name} ${what}: ${others}` }
}

/** Names of locations, nearest first. */
function nearest(application: KeptApplication, entity: string): readonly string[] {
  const { slots, tree } = application.landscape
  const slot = slots.get(entity)
  const now = slot?.record.current?.location
  const around: string[] = now === undefined ? [] : [now]
  for (let node = slot?.node ?? tree.at(entity); node !== undefined; node = node.parent)
    around.push(...sitesOf(node).map(({ location }) => location))
  return around
}
