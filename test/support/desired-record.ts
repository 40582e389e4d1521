import type { DesiredRecord } from '../../engine/index.js'

/** A running application that wants what its spec says. */
export const desired = (change: Partial<DesiredRecord> = {}): DesiredRecord => ({
  kind: 'desired',
  tenant: 'main',
  id: 'shop',
  name: 'shop',
  owner: 'ann',
  wish: 'running',
  force: false,
  serial: 1,
  generation: 1,
  version: 1,
  counts: {},
  floors: {},
  holds: {},
  recovery: 0,
  createdAt: 0,
  changedAt: 0,
  changedBy: 'ann',
  reason: '',
  ...change,
})
