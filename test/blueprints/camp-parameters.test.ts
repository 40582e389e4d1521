import { describe, expect, it } from 'vitest'
import type { EntitySpec, Json, JsonObject, ParameterSpec, Seal } from '../../engine/index.js'
import type { CompileOptions } from '../../blueprints/index.js'
import { compileText, root, services } from './support/documents.js'

/** Codes of what is wrong with a document whose application has these parameters; warnings in brackets. */
function codes(parameters: string, options: CompileOptions = {}, ...lines: readonly string[]): string {
  const result = compileText(root(`parameters: ${parameters}`, ...lines), options)
  const problems = result.kind === 'missing' ? [] : result.problems
  return problems.map(({ code, severity }) => (severity === 'warning' ? `(${code})` : code)).join(' ')
}

function specOf(text: string, options: CompileOptions = {}): EntitySpec {
  const result = compileText(text, options)
  if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
  return result.spec.root
}

function parameter(written: string): ParameterSpec {
  return specOf(root(`parameters: [${written}]`)).parameters[0]!
}

describe('a parameter', () => {
  it('can be its name alone, and is a text then', () => {
    expect(parameter('colour')).toEqual({ name: 'colour', type: 'string', required: false, constraints: [] })
  })

  it('says how it is called, shown, kept and inherited', () => {
    const written =
      '{ name: size, label: Size, description: How large, type: integer, default: 3, pinned: false, reconfigurable: true,' +
      ' deprecatedNames: [amount], inheritance.runtime: not_reinherited, inheritance.type: deep_merge }'
    expect(parameter(written)).toEqual({
      name: 'size',
      label: 'Size',
      description: 'How large',
      type: 'integer',
      required: false,
      default: { kind: 'literal', value: 3 },
      constraints: [],
      pinned: false,
      reconfigurable: true,
      deprecatedNames: ['amount'],
      inheritance: { runtime: 'not-reinherited', type: 'deep-merge' },
    })
  })

  it.each<[string, string]>([
    ['string', 'string'],
    ['String', 'string'],
    ['java.lang.String', 'string'],
    ['long', 'integer'],
    ['double', 'float'],
    ['Boolean', 'boolean'],
    ['password', 'secret'],
    ['java.util.Map', 'map'],
    ['map<string,integer>', 'map<string,integer>'],
    ['java.util.Map<String, java.util.List<Long>>', 'map<string, list<integer>>'],
    ['set<string>', 'list<string>'],
    ['org.apache.brooklyn.util.time.Duration', 'duration'],
    ['timestamp', 'timestamp'],
  ])('has the type %s, which is %s', (written, type) => {
    expect(parameter(`{ name: a, type: "${written}" }`).type).toBe(type)
  })

  it.each<[string, string, Json]>([
    ['integer', '"3"', 3],
    ['float', '"1.5"', 1.5],
    ['port', '"8080"', 8080],
    ['port', '8080+', '8080+'],
    ['port', '"8000-8010, 9000"', '8000-8010, 9000'],
    ['duration', 'forever', 'forever'],
    ['org.apache.brooklyn.api.location.PortRange', '80+', '80+'],
    ['boolean', '"true"', true],
    ['boolean', '"False"', false],
    ['map', `'{"a":1}'`, { a: 1 }],
    ['list', `'["a"]'`, ['a']],
    ['"list<integer>"', '["1", 2]', [1, 2]],
    ['"map<string,boolean>"', '{ a: "true" }', { a: true }],
    ['string', '5', 5],
    ['duration', '5 min', '5 min'],
    ['timestamp', '"2030-02-28T10:00:00Z"', '2030-02-28T10:00:00Z'],
    ['com.example.Colour', '{ red: 1 }', { red: 1 }],
  ])('of the type %s takes %s', (type, written, value) => {
    const one = parameter(`{ name: a, type: ${type}, default: ${written} }`)
    expect(one.default).toEqual({ kind: 'literal', value })
  })

  it.each<[string, string]>([
    ['integer', '1.5'],
    ['integer', 'many'],
    ['float', 'many'],
    ['boolean', '"yes"'],
    ['port', '70000'],
    ['port', '8080-80'],
    ['port', '80++'],
    ['duration', 'long'],
    ['timestamp', '"2030-02-30"'],
    ['timestamp', 'soon'],
    ['map', '[a]'],
    ['list', '{ a: 1 }'],
    ['"list<integer>"', '[1, b]'],
    ['"map<string,list<port>>"', '{ a: [0] }'],
    ['string', '{ a: 1 }'],
  ])('of the type %s does not take %s', (type, written) => {
    expect(codes(`[{ name: a, type: ${type}, default: ${written} }]`)).toBe('BP1702')
  })

  it.each<[string, string]>([
    ['a type of which nothing is known', '{ name: a, type: com.example.Thing }'],
    ['a type made of such', '{ name: a, type: "list<com.example.Thing>" }'],
  ])('warns of %s', (_name, written) => {
    expect(codes(`[${written}]`)).toBe('(BP1707)')
  })

  it.each<[string, string, string]>([
    ['a misspelt type', '{ name: a, type: intger }', 'BP1105'],
    ['a mode of inheritance that there is not', '{ name: a, inheritance.runtime: somtimes }', 'BP1105'],
    ['no name', '{ type: string }', 'BP1104'],
    ['a misspelt key', '{ name: a, deprecatedName: [b] }', 'BP1103'],
  ])('is refused with %s', (_name, written, code) => {
    expect(codes(`[${written}]`)).toBe(code)
  })

  it('takes its value from an older name of it, and says so', () => {
    const text = root(
      'parameters: [{ name: size, type: integer, deprecatedNames: [amount] }]',
      'config: { amount: "4" }',
    )
    const result = compileText(text)
    expect(result).toMatchObject({ kind: 'compiled', problems: [{ code: 'BP1708', severity: 'warning' }] })
    expect(specOf(text).config).toEqual({ size: { kind: 'literal', value: 4 } })
    expect(
      specOf(root('parameters: [{ name: size, deprecatedNames: [amount] }]'), { parameters: { amount: 'x' } })
        .config,
    ).toEqual({ size: { kind: 'literal', value: 'x' } })
  })

  it('leaves its value to the entity above it where only a default says otherwise', () => {
    const text = services(
      '- type: software',
      '  launch: x',
      '  parameters: [{ name: size, default: 1, required: true }]',
    )
    expect(specOf(text).children[0]?.config).toEqual({})
    expect(compileText(`${text}config: { size: 2 }\n`).kind).toBe('compiled')
  })

  it('is checked where its value comes from above', () => {
    const lines = ['- type: software', '  launch: x', '  parameters: [{ name: size, type: integer }]']
    const result = compileText(`${services(...lines)}config: { size: many }\n`)
    expect(result).toMatchObject({
      problems: [{ code: 'BP1702', message: 'the value of "size" must be a whole number' }],
    })
  })

  it('needs no value of its own where one comes from above', () => {
    const lines = ['- type: software', '  launch: x', '  parameters: [{ name: size, required: true }]']
    expect(compileText(services(...lines))).toMatchObject({ problems: [{ code: 'BP1701' }] })
    expect(compileText(`${services(...lines)}config: { size: 1 }\n`).kind).toBe('compiled')
  })

  it('does not see a value that is kept from it', () => {
    const lines = [
      '- type: software',
      '  launch: x',
      '  parameters: [{ name: size, required: true, inheritance.runtime: never }]',
    ]
    expect(compileText(`${services(...lines)}config: { size: 1 }\n`)).toMatchObject({
      problems: [{ code: 'BP1701' }],
    })
  })

  it('that is secret is checked before it is sealed, and not shown', () => {
    const seal: Seal = {
      seal: (name, clear) => ({ kind: 'secret', name, sealed: `#${clear.length}` }),
      open: () => {
        throw new Error('not here')
      },
    }
    const text = root('parameters: [{ name: pin, type: secret, constraints: [{ regex: "[0-9]+" }] }]')
    expect(specOf(text, { seal, parameters: { pin: 1234 } }).config['pin']).toMatchObject({ sealed: '#4' })
    const refused = compileText(text, { seal, parameters: { pin: 'hunter2' } })
    expect(refused).toMatchObject({ problems: [{ code: 'BP1702' }] })
    expect(JSON.stringify(refused)).not.toContain('hunter2')
  })
})

describe('a constraint', () => {
  it.each<[string, Json | undefined, string]>([
    ['required', undefined, 'BP1701'],
    ['required', 'x', ''],
    ['isBlank', undefined, ''],
    ['isBlank', 'x', 'BP1702'],
    ['isNonBlank', ' ', 'BP1702'],
    ['{ regex: "[a-z]+" }', 'abc', ''],
    ['{ regex: "[a-z]+" }', 'ab1', 'BP1702'],
    ['{ regex: "[a-z]+" }', undefined, ''],
    ['{ glob: "*.org" }', 'example.org', ''],
    ['{ glob: "*.org" }', 'example.com', 'BP1702'],
    ['{ oneOf: [a, b] }', 'c', 'BP1702'],
    ['{ min: 2 }', 1, 'BP1702'],
    ['{ any: [{ regex: "a+" }, { regex: "b+" }] }', 'bb', ''],
    ['{ any: [{ regex: "a+" }, { regex: "b+" }] }', 'cc', 'BP1702'],
    ['{ or: [{ glob: "a*" }, isBlank] }', 'b', 'BP1702'],
    ['{ all: [{ regex: "[a-z]+" }, { regex: "..." }] }', 'abc', ''],
    ['{ and: [{ regex: "[a-z]+" }, { regex: "..." }] }', 'ab', 'BP1702'],
    ['true', 'x', ''],
    ['false', 'x', 'BP1702'],
    ['alwaysFalse', undefined, 'BP1701'],
    ['{ equals: x }', 'x', ''],
    ['{ equals: x }', 'y', 'BP1702'],
    ['{ less-than: 10 }', '9', ''],
    ['{ less-than: 10 }', 11, 'BP1702'],
    ['{ in-range: { min: 1, max: 3 } }', 2, ''],
    ['{ in-range: [1, 3] }', 4, 'BP1702'],
    ['{ not: { glob: "a*" } }', 'b', ''],
    ['{ not: { glob: "a*" } }', 'a', 'BP1702'],
    ['{ size: { greater-than: 2 } }', 'ab', 'BP1702'],
    ['{ size: 2 }', 'ab', ''],
    ['{ when: truthy }', undefined, 'BP1701'],
    ['{ when: absent }', undefined, ''],
    ['{ greater-than-or-equal-to: "1.2.0", less-than: "2.0.0" }', '1.10.0', ''],
    ['{ greaterThan: 5 }', 4, 'BP1702'],
    ['{ java-instance-of: { any: [String, Integer] } }', 'x', ''],
    ['{ check: { glob: "a*" } }', 'b', 'BP1702'],
    ['notNull', undefined, 'BP1701'],
    ['notNull', '', ''],
    ['{ Predicates.notNull: [] }', undefined, 'BP1701'],
    ['{ Predicates.alwaysFalse: }', 'x', 'BP1702'],
    ['{ isBlank: [] }', 'x', 'BP1702'],
    ['{ required: [] }', undefined, 'BP1701'],
    ['required()', undefined, 'BP1701'],
    ['{ any: [required, { regex: a }] }', undefined, ''],
    ['{ all: [required, { regex: a }] }', undefined, 'BP1701'],
    ['{ regex: ["[a-z]+"] }', 'ab1', 'BP1702'],
    [`'regex("[a-z]+")'`, 'ab1', 'BP1702'],
    [`'regex("[a-z]+")'`, 'abc', ''],
    [`"matchesGlob('*.org')"`, 'example.com', 'BP1702'],
    ['{ matchesRegex: a+ }', 'b', 'BP1702'],
    ['{ any: { regex: a+ } }', 'b', 'BP1702'],
    ['{ any: { regex: a+ } }', 'aa', ''],
    ['[{ regex: "[a-z]+" }, { regex: "..." }]', 'abcd', 'BP1702'],
    ['{ Predicates.or: [{ regex: a }, { regex: b }] }', 'c', 'BP1702'],
  ])('%s with the value %j', (constraint, value, expected) => {
    const given: JsonObject = value === undefined ? {} : { a: value }
    expect(codes(`[{ name: a, type: any, constraints: [${constraint}] }]`, { parameters: given })).toBe(
      expected,
    )
  })

  it.each<[string, JsonObject, string]>([
    ['forbiddenIf: b', { a: 1, b: 1 }, 'BP1702'],
    ['forbiddenIf: b', { a: 1 }, ''],
    ['forbiddenIf: b', { b: 1 }, ''],
    ['forbiddenUnless: b', { a: 1 }, 'BP1702'],
    ['forbiddenUnless: b', { a: 1, b: 1 }, ''],
    ['requiredIf: b', { b: 1 }, 'BP1701'],
    ['requiredIf: b', { a: 1, b: 1 }, ''],
    ['requiredIf: b', {}, ''],
    ['requiredUnless: b', {}, 'BP1701'],
    ['requiredUnless: b', { b: 1 }, ''],
    ['requiredUnlessAnyOf: [b, c]', {}, 'BP1701'],
    ['requiredUnlessAnyOf: [b, c]', { c: 1 }, ''],
    ['forbiddenUnlessAnyOf: [b, c]', { a: 1 }, 'BP1702'],
    ['forbiddenUnlessAnyOf: [b, c]', { a: 1, c: 1 }, ''],
    ['requiredIf: b', { b: ' ' }, ''],
    ['any: [{ requiredIf: b }, { forbiddenIf: c }]', { b: 1, c: 1 }, ''],
    ['all: [{ requiredIf: b }, { forbiddenIf: c }]', { b: 1 }, 'BP1701'],
  ])('%s with %j', (constraint, given, expected) => {
    const parameters = `[{ name: a, type: any, constraints: [{ ${constraint} }] }, { name: b, type: any }, { name: c, type: any }]`
    expect(codes(parameters, { parameters: given })).toBe(expected)
  })

  it('counts what is not known yet as given', () => {
    const parameters = '[{ name: a, constraints: [{ requiredIf: b }] }, b]'
    expect(
      codes(parameters, {}, 'config: { b: $brooklyn:component("web").attributeWhenReady("endpoint") }'),
    ).toBe('BP1701')
  })

  it('sees values that come from above', () => {
    const lines = [
      '- type: software',
      '  launch: x',
      '  parameters: [{ name: a, constraints: [{ requiredUnless: b }] }]',
    ]
    expect(compileText(`${services(...lines)}config: { b: 1 }\n`).kind).toBe('compiled')
    expect(compileText(`${services(...lines)}config: { c: 1 }\n`)).toMatchObject({
      problems: [{ code: 'BP1701' }, { code: 'BP1703', severity: 'warning' }],
    })
  })

  it.each<[string, string]>([
    ['{ regx: a }', 'BP1105'],
    ['requird', 'BP1105'],
    ['{ regex: "(?=a)" }', 'BP1705'],
    ['{ glob: 5 }', 'BP1102'],
    ['{ any: a }', 'BP1105'],
    ['requird("b")', 'BP1105'],
    ['{ regex: [a, b] }', 'BP1102'],
    ['{ $brooklyn:object: { type: com.example.Predicates, factoryMethod.name: notNull } }', '(BP1706)'],
    [
      '{ $brooklyn:object: { type: org.apache.brooklyn.util.text.StringPredicates, factoryMethod.name: matchesRegex, factoryMethod.args: ["("] } }',
      '(BP1706)',
    ],
    [
      '{ $brooklyn:object: { type: org.apache.brooklyn.util.core.ResourcePredicates, factoryMethod.name: urlExists } }',
      '(BP1706)',
    ],
    ['{ when: somtimes }', 'BP1105'],
    ['{ jsonpath: "$.a[*]" }', 'BP1106'],
    ['{ key: a, index: 1 }', 'BP1106'],
    ['{ not: { regex: "(" } }', 'BP1705'],
    ['{ not: { equls: 1 } }', 'BP1242'],
    ['{ equals: 1, constructor: 2 }', 'BP1105'],
    ['{ less-than: [1] }', 'BP1102'],
    ['{ check: $brooklyn:config("b") }', 'BP1308'],
    ['urlExists', '(BP1706)'],
    ['{ $brooklyn:object: { type: com.google.common.base.Predicates } }', '(BP1706)'],
    ['{ requiredIf: colour }', '(BP1703)'],
  ])('%s is told as %s', (constraint, expected) => {
    expect(codes(`[{ name: a, constraints: [${constraint}] }]`)).toBe(expected)
  })

  it.each<[string, string, Json, Json, Json | undefined]>([
    ['org.apache.brooklyn.util.text.StringPredicates', 'isNonBlank', [], 'x', ' '],
    ['org.apache.brooklyn.util.text.StringPredicates', 'matchesRegex', ['a.*'], 'ab', 'b'],
    ['org.apache.brooklyn.util.text.StringPredicates', 'matchesGlob', ['a*'], 'ab', 'b'],
    ['java:org.apache.brooklyn.util.text.StringPredicates', 'containsLiteral', ['a.b'], 'xa.by', 'xacby'],
    ['org.apache.brooklyn.util.text.StringPredicates', 'containsLiteralIgnoreCase', 'A.B', 'xa.by', 'ab'],
    ['org.apache.brooklyn.util.text.StringPredicates', 'containsRegex', ['a|b'], 'xax', 'x'],
    ['org.apache.brooklyn.util.text.StringPredicates', 'containsAllLiterals', ['a', 'b'], 'b-a', 'a'],
    ['org.apache.brooklyn.util.text.StringPredicates', 'startsWith', ['(a'], '(ab', 'a'],
    ['org.apache.brooklyn.util.text.StringPredicates', 'equalToAny', [['a', 'b']], 'b', 'c'],
    ['org.apache.brooklyn.util.math.MathPredicates', 'greaterThan', [3], 4, 3],
    ['org.apache.brooklyn.util.math.MathPredicates', 'lessThanOrEqual', [3], 3, 4],
    ['com.google.common.base.Predicates', 'equalTo', ['a'], 'a', 'b'],
    ['com.google.common.base.Predicates', 'in', [[1, 2]], 2, 3],
    ['com.google.common.base.Predicates', 'notNull', [], '', undefined],
    ['org.apache.brooklyn.core.config.ConfigConstraints', 'forbiddenUnless', ['b'], ' ', 'x'],
  ])('may be the ready predicate %s.%s with %j, which %j fits and %j does not', (...row) => {
    const [type, name, values, good, bad] = row
    const object = { '$brooklyn:object': { type, 'factoryMethod.name': name, 'factoryMethod.args': values } }
    const told = (value: Json | undefined): string =>
      codes(`[{ name: a, type: any, constraints: [${JSON.stringify(object)}] }, b]`, {
        parameters: value === undefined ? {} : { a: value },
      })
    expect([told(good), told(bad)]).toEqual(['', bad === undefined ? 'BP1701' : 'BP1702'])
  })

  it('may stand alone, without a list', () => {
    expect(codes('[{ name: a, constraints: required }]')).toBe('BP1701')
  })
})

describe('a predicate in a document', () => {
  it.each<[string, JsonObject]>([
    [
      '{ target: tags, has-element: red }',
      { kind: 'select', from: { kind: 'tags' }, of: { kind: 'has-element' } },
    ],
    [
      '{ target: child, sensor: up, equals: true }',
      { from: { kind: 'children' }, of: { kind: 'has-element' } },
    ],
    [
      '{ tag: red, target: children }',
      { from: { kind: 'children' }, of: { kind: 'select', from: { kind: 'tags' } } },
    ],
    [
      '{ config: size, when: present_non_null }',
      { from: { kind: 'config', name: 'size' }, of: { kind: 'when' } },
    ],
    ['{ filter: { greater-than: 1 }, size: 2 }', { from: { kind: 'filter' }, of: { kind: 'size' } }],
    ['{ index: -1, equals: a }', { from: { kind: 'index', index: -1 } }],
    ['{ jsonpath: "$.a[0]", equals: a }', { from: { kind: 'path', path: '$.a[0]' } }],
    [
      '{ error-cause: { error-field: message, glob: "*disk*" } }',
      { from: { kind: 'causes' }, of: { kind: 'has-element' } },
    ],
    ['{ key: a }', { from: { kind: 'key', key: 'a' }, of: { kind: 'when', state: 'present' } }],
    ['{ assert: { equals: 1 } }', { kind: 'assert', of: { kind: 'equals', value: 1 } }],
    ['{ equals: 1, not: { equals: 2 } }', { kind: 'all', of: [{ kind: 'equals' }, { kind: 'not' }] }],
  ])('%s becomes data', (written, expected) => {
    // Where it is tested does not matter here, so it is read of a constraint that another one makes up for.
    const one = parameter(`{ name: a, default: 1, constraints: [{ any: [true, { not: ${written} }] }] }`)
    const [, second] = one.constraints[0]!['any'] as readonly JsonObject[]
    expect(second?.['test']).toMatchObject({ kind: 'not', of: expected })
  })
})

describe('a value that is handed in', () => {
  const child = (name: string): readonly string[] => [
    '- type: group',
    `  name: ${name}`,
    '  brooklyn.parameters: [{ name: size, type: integer, default: 3 }]',
  ]
  const given = { parameters: { size: '7' } }

  it('is for the only service where the document has no parameters of its own', () => {
    const [only] = specOf(services(...child('a')), given).children
    expect(only?.config['size']).toEqual({ kind: 'literal', value: 7 })
  })

  it('is for the document where that has some, and for nobody where there are several services', () => {
    const text = `brooklyn.parameters: [{ name: size, type: integer }]\n${services(...child('a'))}`
    expect(specOf(text, given).config['size']).toEqual({ kind: 'literal', value: 7 })
    expect(specOf(text, given).children[0]?.config['size']).toBeUndefined()
    const refused = compileText(services(...child('a'), ...child('b')), given)
    expect(refused.kind === 'problems' && refused.problems.map(({ code }) => code)).toEqual(['BP1703'])
  })

  it('has to be one that there is', () => {
    const refused = compileText(services(...child('a')), { parameters: { sice: 7 } })
    expect(refused.kind === 'problems' && refused.problems.map(({ code, hint }) => [code, hint])).toEqual([
      ['BP1703', 'did you mean "size"?'],
    ])
  })
})
