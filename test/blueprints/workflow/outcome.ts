import { expect } from 'vitest'
import type { Json } from '../../../engine/index.js'
import { yamlDataReader } from '../../../blueprints/index.js'
import { stockKinds } from '../../../policies/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { testCompiler } from '../../support/runtime-compiler.js'
import { compileText } from '../support/documents.js'

const inset = (text: string): string => text.replaceAll(/^(?=.)/gm, '    ')

/** A shop with the box, which has the effector "run" with these steps and a child with the effector "echo". */
export function boxWith(steps: string): string {
  return `name: Shop
location: sim
services:
- type: entity
  id: box
  brooklyn.config: { size: 5, label: hello, limits: { cpu: 1 } }
  brooklyn.children:
  - type: entity
    id: kid
    brooklyn.initializers:
    - type: workflow-effector
      name: echo
      parameters: { arg: {} }
      steps: [ 'return \${arg}' ]
  brooklyn.initializers:
  - type: workflow-effector
    name: run
${inset(steps.startsWith('- ') ? `steps:\n${steps}` : steps)}
`
}

/** What the effector "run" of the box gives in virtual time, where a document has these steps; or how it failed. */
export async function outcomeOf(steps: string, hours = 1): Promise<Json> {
  const result = compileText(boxWith(steps), { locations: ['sim'], policyKinds: stockKinds })
  if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
  const shop = await EngineHarness.open({
    policyKinds: stockKinds,
    engine: { data: yamlDataReader(), compiler: testCompiler() },
  })
  await shop.deploy(result.spec)
  await shop.settle(10_000)
  const { id } = accepted(await shop.engine.invoke('shop', 'box', { effector: 'run', parameters: {} }, by))
  await shop.settle(hours * 3_600_000)
  const run = accepted(shop.engine.runs.list(ann, 'shop', 'box')).find(({ task }) => task === id)
  expect(run).toBeDefined()
  await shop.close()
  return run?.state === 'succeeded'
    ? (run.output ?? null)
    : `${run?.state ?? ''}: ${run?.error?.message ?? ''}`
}

/** Codes of what is wrong with a document that has these steps. */
export function codesOf(steps: string): readonly string[] {
  const result = compileText(boxWith(steps), { locations: ['sim'], policyKinds: stockKinds })
  return result.kind === 'missing' ? [] : result.problems.map(({ code }) => code)
}
