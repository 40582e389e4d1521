import { type DesiredRecord, newDesired } from '../../engine/index.js'

const WHOSE = {
  tenant: 'main',
  id: 'shop',
  name: 'shop',
  owner: 'ann',
  changedBy: 'ann',
  reason: '',
} as const

/** A running application that wants what its spec says. */
export const desired = (change: Partial<DesiredRecord> = {}): DesiredRecord => ({
  ...newDesired(WHOSE, 0),
  ...change,
})
