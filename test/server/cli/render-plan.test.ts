import picocolors from 'picocolors'
import { expect, it } from 'vitest'
import type { Plan } from '../../../server/api/index.js'
import { renderPlan } from '../../../server/cli/render-plan.js'

const plain = picocolors.createColors(false)
const plan: Plan = {
  application: 'shop1',
  name: 'shop',
  digest: 'd1',
  specDigest: 's1',
  baseVersion: 1,
  baseGeneration: 4,
  steps: [],
  settings: [],
  grafts: [],
  summary: {},
  capacity: [],
}

it('says that nothing is to be done only where nothing of the document differs', () => {
  expect(renderPlan(plan, plain)).toContain('nothing to do: it is as the document says')
  const changed = renderPlan({ ...plan, settings: ['web: members.max: 10 → 20'] }, plain)
  expect(changed).toBe(`shop: shop1, generation 4

Takes effect at once, no machine is touched:
  web: members.max: 10 → 20

Plan: 1 in force at once.
digest: d1
`)
})
