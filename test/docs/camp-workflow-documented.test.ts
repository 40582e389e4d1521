import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { STEP_NAMES } from '../../blueprints/dialects/camp/workflow/step-types.js'
import { compileText } from '../blueprints/support/documents.js'
import { flowOf } from '../blueprints/workflow/support.js'

const page = readFileSync(new URL('../../docs/camp-workflow.md', import.meta.url), 'utf8')
const blocks = Array.from(page.matchAll(/```yaml\n([\s\S]*?)```/g), (found) => found[1] ?? '')

describe('the page about workflows', () => {
  it('has blocks', () => {
    expect(blocks.length).toBeGreaterThan(3)
  })

  it.each(blocks.filter((block) => block.startsWith('- ')))('has steps that can be read: %s', (block) => {
    expect(flowOf(block).problems.filter(({ severity }) => severity === 'error')).toEqual([])
  })

  it.each(blocks.filter((block) => block.startsWith('name:')))('has documents that compile: %s', (block) => {
    const result = compileText(block)
    expect(result.kind).toBe('compiled')
    if (result.kind !== 'compiled') return
    expect(result.problems).toEqual([])
  })

  it('has a document with a workflow wherever one may stand', () => {
    const result = compileText(blocks.find((block) => block.includes('workflow-initializer')) ?? '')
    expect(result.kind === 'compiled' && result.spec.root.children[0]).toMatchObject({
      effectors: [{ name: 'greet', workflow: { steps: [{}, {}] } }],
      sensors: [{ name: 'greetings', type: 'number', source: { kind: 'workflow', period: 60_000 } }],
      initial: [{ steps: [{}] }],
      policies: [{ name: 'again', workflow: { workflow: { steps: [{}] } } }],
    })
  })

  it('names every step', () => {
    expect(STEP_NAMES.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
  })
})
