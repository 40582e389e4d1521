import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileText } from './support/documents.js'

const KEYS = [
  'name',
  'roles',
  'services',
  'location',
  'launch',
  'count',
  'type',
  'config',
  'needs',
  'policies',
  'files',
  'children',
  'brooklyn.config',
  'port',
  'image',
  'health',
  'sensors',
  'x',
  '__proto__',
  'constructor',
  '$brooklyn:config',
]
const VALUES = [
  'web',
  'software',
  'cluster',
  '$brooklyn:config("a")',
  '$brooklyn:(',
  '{{ roles.web.members }}',
  '{% if',
  '../x',
  '',
  'autoscale',
  'node web.js',
  '5s',
  '\u0000',
  '&a',
  '*a',
]

const leaf = fc.oneof(
  fc.constantFrom(...VALUES),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.string({ maxLength: 12 }),
)
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', maxDepth: 6 },
    leaf,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('tree'), { maxKeys: 6 }),
  ),
}))
const documents = fc.oneof(
  tree.map((value) => JSON.stringify(value)),
  fc
    .record({
      name: leaf,
      roles: fc.array(fc.dictionary(fc.constantFrom(...KEYS), tree, { maxKeys: 8 }), { maxLength: 4 }),
    })
    .map((value) => JSON.stringify(value, null, 1)),
  fc
    .array(fc.tuple(fc.nat(6), fc.constantFrom(...KEYS), fc.constantFrom('', ...VALUES)), { maxLength: 12 })
    .map((lines) => lines.map(([indent, key, value]) => `${'  '.repeat(indent)}${key}: ${value}`).join('\n')),
  fc.string({ maxLength: 200 }),
)

describe('compile', () => {
  it('never throws, and its problems lie inside the document', () => {
    fc.assert(
      fc.property(documents, (text) => {
        const result = compileText(text)
        const lines = text.split(/\n/)
        for (const one of result.kind === 'missing' ? [] : result.problems) {
          expect(one.code).toMatch(/^BP1\d{3}$/)
          const { start, end } = one.range ?? { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } }
          expect(start.line).toBeGreaterThanOrEqual(1)
          expect(start.column).toBeGreaterThanOrEqual(1)
          expect(end.line).toBeLessThanOrEqual(lines.length + 1)
          expect(start.line < end.line || start.column <= end.column).toBe(true)
        }
      }),
      { numRuns: 400 },
    )
  })

  it('gives the same for the same, frozen and as plain JSON', () => {
    const roles = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(roles, fc.nat(5), (names, count) => {
        const text = `name: S\nroles:\n${names.map((name) => `  - { name: n${name}, launch: node web.js, port: http, count: ${count}, files: [web.js], env: { A: "{{ self.endpoint }}" } }`).join('\n')}\n`
        const [one, other] = [compileText(text), compileText(text)]
        expect(one).toEqual(other)
        if (one.kind !== 'compiled') throw new Error(JSON.stringify(one))
        expect(JSON.parse(JSON.stringify(one.spec))).toEqual(one.spec)
        expect(unfrozen(one.spec)).toEqual([])
      }),
      { numRuns: 50 },
    )
  })

  it('survives every single damaged character of a good document', () => {
    const good =
      'name: Shop\nlocation: local\nroles:\n  - name: web\n    port: http\n    count: {initial: 2, max: 4}\n    launch: node web.js\n    env: {A: "{{ self.endpoint }}"}\n    policies: [{type: autoscale, lower: 1, upper: 2}]\n'
    fc.assert(
      fc.property(
        fc.nat(good.length - 1),
        fc.constantFrom(...'\u0000\t{}[]:&*!|>\'"%@`#-?,~ a0'.split('')),
        (at, character) => {
          compileText(good.slice(0, at) + character + good.slice(at + 1))
        },
      ),
      { numRuns: 500 },
    )
  })
})

function unfrozen(value: unknown, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  const below = Object.entries(value).flatMap(([key, part]) => unfrozen(part, `${path}/${key}`))
  return Object.isFrozen(value) ? below : [path, ...below]
}
