import type { WireJson, WireLocation } from '../../../api/index.js'
import { type BrooklynAnswer, type BrooklynCall, json, pathParam } from './call.js'
import { BASE } from './ids.js'

/** A place as Brooklyn shows it; `type` is its kind of driver, where Brooklyn names a Java class. */
export interface LocationSummary {
  readonly id: string
  readonly name: string
  readonly spec: string
  readonly type: string
  readonly config: { readonly [key: string]: WireJson }
  readonly links: { readonly [name: string]: string }
}

/** The configured places. */
export async function listLocations({ gateway }: BrooklynCall): Promise<BrooklynAnswer> {
  return json((await gateway.read<readonly WireLocation[]>('listLocations')).map(locationSummary))
}

/** One place. */
export async function getLocation(call: BrooklynCall): Promise<BrooklynAnswer> {
  const params = { location: pathParam(call, 'location') }
  return json(locationSummary(await call.gateway.read<WireLocation>('getLocation', { params })))
}

/** A place as Brooklyn shows it; secrets by name. */
export function locationSummary({ name, driver, config }: WireLocation): LocationSummary {
  return {
    id: name,
    name,
    spec: driver,
    type: driver,
    config,
    links: { self: `${BASE}/v1/locations/${encodeURIComponent(name)}` },
  }
}
