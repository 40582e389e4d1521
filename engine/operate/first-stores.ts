import type { HoldingRecord } from '../entity/allocation.js'
import type { ObservedRecord } from '../entity/observation.js'
import type { HoldingShape, ResourceState } from '../entity/resource.js'

/** An observation as it is now; the first stores held its resources by token. */
export function observationNow(
  record: ObservedRecord | (Omit<ObservedRecord, 'resources'> & { readonly resources: ByToken }),
): ObservedRecord {
  const { resources } = record
  return isList(resources) ? (record as ObservedRecord) : { ...record, resources: Object.values(resources) }
}

interface ByToken {
  readonly [token: string]: ResourceState
}

function isList(resources: readonly ResourceState[] | ByToken): resources is readonly ResourceState[] {
  return Array.isArray(resources)
}

/** A holding of the first stores: there were networks and volumes, and no shape of its own. */
type FirstHolding = Omit<HoldingRecord, 'shape'> & {
  readonly resource: 'network' | 'volume'
  readonly cidr?: string
  readonly size?: number
}

/** What is made beside machines as its record is now. */
export function holdingNow(record: HoldingRecord | FirstHolding): HoldingRecord {
  if ('shape' in record) return record
  const { resource, cidr, size, ...rest } = record
  return { ...rest, shape: resource === 'network' ? network(cidr) : volume(size) }
}

function network(cidr: string | undefined): HoldingShape {
  return cidr === undefined ? { kind: 'network' } : { kind: 'network', cidr }
}

function volume(size: number | undefined): HoldingShape {
  return size === undefined ? { kind: 'volume' } : { kind: 'volume', size }
}
