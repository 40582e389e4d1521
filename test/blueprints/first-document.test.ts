import { describe, expect, it } from 'vitest'
import { campSchema } from '../../blueprints/index.js'
import type { Problem } from '../../engine/index.js'
import { DocumentNode } from '../../blueprints/read/document-node.js'
import { READ_LIMITS } from '../../blueprints/read/limits.js'
import { readYaml } from '../../blueprints/read/read-yaml.js'
import { validate } from '../../blueprints/schema/validator.js'

const DOCUMENTS: readonly (readonly [what: string, text: string])[] = [
  ['nothing wrong', 'name: Shop\nroles:\n  - name: web\n    launch: node web.js\n'],
  ['an unknown key', 'name: Shop\nservcies: []\n'],
  ['an unknown key deep inside', 'roles:\n  - name: web\n    files:\n      - path: a\n        contnet: b\n'],
  ['a known key in the wrong place', 'roles:\n  - name: web\n    mode: 0644\n'],
  ['a wrong type', 'name: [Shop]\nroles:\n  web:\n    count: many\n    launch: 5\n'],
  ['a number out of its bounds', 'roles:\n  - name: web\n    count: {initial: -1}\n    priority: -3\n'],
  ['a wrong form', 'roles:\n  - name: web\n    startQuorum: most\n    volumes: [{name: a, size: much}]\n'],
  ['a key that is not supported', 'brooklyn.catalog: {}\nservices:\n  - type: x\n'],
  ['a missing key', 'services:\n  - memberSpec: {$brooklyn:entitySpec: {tpye: x}}\n'],
]

describe('the first document that a process checks', () => {
  it.each(DOCUMENTS)('is told the same as every later one: %s', (_what, text) => {
    const schema = structuredClone(campSchema)
    const { document } = readYaml(text, 'shop.yaml', READ_LIMITS)
    if (document === undefined) throw new Error('the document cannot be read')
    const check = (): readonly Problem[] => validate(schema, DocumentNode.rootOf(document))
    const first = check()
    expect(check()).toEqual(first)
  })

  it('finds what is wrong', () => {
    const found = DOCUMENTS.slice(1).map(([, text]) => {
      const { document } = readYaml(text, 'shop.yaml', READ_LIMITS)
      return document === undefined
        ? 0
        : validate(structuredClone(campSchema), DocumentNode.rootOf(document)).length
    })
    expect(Math.min(...found)).toBeGreaterThan(0)
  })
})
