import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ApplicationSpec, EntitySpec, Json, Problem } from '../../engine/index.js'
import { EngineHarness, by } from '../support/engine-harness.js'
import { compileText, problemsOf, services } from './support/documents.js'

/** What is compiled, or its problems in one line. */
function specOf(text: string): ApplicationSpec {
  const result = compileText(text, { locations: ['sim', 'local'] })
  if (result.kind === 'compiled') return result.spec
  throw new Error(JSON.stringify(result.kind === 'missing' ? result : result.problems.map(inWords)))
}

function inWords({ code, message, severity }: Problem): string {
  return `${severity} ${code}: ${message}`
}

/** The entities among which the expressions of this file are. */
function shop(keys: readonly string[]): string {
  return [
    'name: Shop',
    'id: app',
    'location: sim',
    'brooklyn.config: { colour: blue, name.of.sensor: depth, which: e2, target: $brooklyn:entity("e2") }',
    'services:',
    '- type: software',
    '  id: e1',
    '  launch: run',
    '  port: 8080',
    '  sensors:',
    '    depth: { value: 4 }',
    '    nothing: { value: "" }',
    '  config:',
    '    port.wanted: 8081',
    '    text: a b&c',
    '    price: 12.5',
    '    list: [one, two]',
    '    map: { first: { second: found }, "$key": odd }',
    '    held: $brooklyn:component("c1")',
    '    holder: $brooklyn:config("held")',
    ...keys.map((key) => `    ${key}`),
    '  brooklyn.children:',
    '  - type: software',
    '    id: c1',
    '    launch: run',
    '    config: { colour: red, own: mine }',
    '    brooklyn.children:',
    '    - { type: software, id: gc1, launch: run, sensors: { depth: { value: 7 } }, config: { own: grain } }',
    '- type: software',
    '  id: e2',
    '  launch: run',
    '  sensors: { depth: { value: 5 } }',
    '  config: { own: second, colour: green }',
    '  brooklyn.children:',
    '  - { type: software, id: twin, launch: run, config: { own: far twin } }',
    '- type: cluster',
    '  id: many',
    '  initialSize: 2',
    '  memberSpec:',
    '    $brooklyn:entitySpec: { type: software, id: one, launch: run, sensors: { depth: { value: 9 } }, config: { own: part } }',
    '',
  ].join('\n')
}

type Row = readonly [what: string, written: Json, shown: Json]

/** What is written as the value of a key of `e1`, and what it is once all runs. */
const VALUES: readonly Row[] = [
  // entities
  ['the application, from a child of it', '$brooklyn:root()', ''],
  ['the root of the scope', '$brooklyn:scopeRoot()', ''],
  ['the application by its id', '$brooklyn:component("app")', ''],
  ['the application among applications', '$brooklyn:application("app")', ''],
  ['the application by scope and id', '$brooklyn:component("applications", "app")', ''],
  ['itself', '$brooklyn:self()', 'e1'],
  ['itself by scope, whatever the id', '$brooklyn:component("this", "ignored")', 'e1'],
  ['what it is in, by scope', '$brooklyn:component("parent", "ignored")', ''],
  ['what it is in', '$brooklyn:parent()', ''],
  ['an entity by id', '$brooklyn:entity("e2")', 'e2'],
  ['an entity by its path', '$brooklyn:entity("e1/c1")', 'e1/c1'],
  ['a component by id', '$brooklyn:component("gc1")', 'e1/c1/gc1'],
  ['a component in the global scope', '$brooklyn:component("global", "e2")', 'e2'],
  ['a child', '$brooklyn:child("c1")', 'e1/c1'],
  ['a child by scope', '$brooklyn:component("child", "c1")', 'e1/c1'],
  ['a sibling', '$brooklyn:sibling("e2")', 'e2'],
  ['a descendant', '$brooklyn:descendant("gc1")', 'e1/c1/gc1'],
  ['an ancestor', '$brooklyn:ancestor("app")', ''],
  ['an entity in single quotes', "$brooklyn:entity('e2')", 'e2'],
  ['an entity without quotes', '$brooklyn:entity(e2)', 'e2'],
  ['an entity as a map', { '$brooklyn:entity': 'e2' }, 'e2'],
  ['an entity as a map with a list', { '$brooklyn:component': ['child', 'c1'] }, 'e1/c1'],
  // references that go on
  ['the child of a child', '$brooklyn:child("c1").child("gc1")', 'e1/c1/gc1'],
  ['the parent of a parent', '$brooklyn:entity("gc1").parent().parent()', 'e1'],
  ['itself again', '$brooklyn:entity("gc1").parent().self()', 'e1/c1'],
  ['a sibling of an ancestor', '$brooklyn:entity("gc1").ancestor("e1").sibling("e2")', 'e2'],
  ['down from above', '$brooklyn:ancestor("app").descendant("gc1")', 'e1/c1/gc1'],
  ['the root of another', '$brooklyn:entity("gc1").root().child("e2")', 'e2'],
  ['a component of another', '$brooklyn:entity("e2").component("child", "twin")', 'e2/twin'],
  ['a member by its number', '$brooklyn:entity("many").member("1").entityId()', 'many/1'],
  ['a member by its id, for all of them', '$brooklyn:entity("many").component("membersOnly", "one")', 'many'],
  ['config of a member', '$brooklyn:entity("many").member("2").config("own")', 'part'],
  ['a sensor of a member', '$brooklyn:component("many").member("1").attributeWhenReady("depth")', 9],
  // ids and names that are expressions
  ['an entity whose id is config', '$brooklyn:component(config("which"))', 'e2'],
  ['an entity whose id is config of another', '$brooklyn:entity($brooklyn:root().config("which"))', 'e2'],
  ['an entity that config holds', '$brooklyn:component(config("held"))', 'e1/c1'],
  ['a child that is formatted', '$brooklyn:child(formatString("c%d", 1))', 'e1/c1'],
  ['config whose key is config', '$brooklyn:config(literal("colour"))', 'blue'],
  ['a sensor whose name is config', '$brooklyn:entity("e2").attributeWhenReady(config("name.of.sensor"))', 5],
  ['a map with an expression in it', { '$brooklyn:component': { '$brooklyn:config': 'which' } }, 'e2'],
  // entities as values
  ['config that holds an entity', '$brooklyn:config("held")', 'e1/c1'],
  ['config of config that holds one', '$brooklyn:config("holder").config("own")', 'mine'],
  ['config of an entity that config holds', '$brooklyn:config("held").config("own")', 'mine'],
  ['a sensor of an entity that config holds', '$brooklyn:config("target").attributeWhenReady("depth")', 5],
  ['a child of an entity that config holds', '$brooklyn:config("held").child("gc1").config("own")', 'grain'],
  [
    'an entity in a list and in a map',
    ['$brooklyn:entity("e2")', { a: '$brooklyn:self()' }],
    ['e2', { a: 'e1' }],
  ],
  ['an entity in a text', '$brooklyn:formatString("<%s>", entity("e2"))', '<e2>'],
  ['the id of an entity', '$brooklyn:entity("e2").entityId()', 'e2'],
  ['the id of itself', '$brooklyn:entityId()', 'e1'],
  // config and sensors
  ['config', '$brooklyn:config("colour")', 'blue'],
  ['config of itself', '$brooklyn:self().config("colour")', 'blue'],
  ['config of another, its own before that above', '$brooklyn:entity("e2").config("colour")', 'green'],
  ['config that is inherited', '$brooklyn:entity("twin").config("colour")', 'green'],
  ['config that nobody gives', '$brooklyn:config("nobody")', null],
  ['config as a map', { '$brooklyn:config': 'colour' }, 'blue'],
  ['config of another as a map', { '$brooklyn:entity("e2").config': ['own'] }, 'second'],
  ['a sensor', '$brooklyn:attributeWhenReady("depth")', 4],
  ['a sensor of another', '$brooklyn:component("e2").attributeWhenReady("depth")', 5],
  ['a sensor as a map', { '$brooklyn:attributeWhenReady': 'depth' }, 4],
  ['a sensor of a place', '$brooklyn:attributeWhenReady("service.isUp")', true],
  // definitions
  ['a sensor by itself', '$brooklyn:sensor("depth")', 'depth'],
  [
    'a sensor by its class',
    '$brooklyn:sensor("org.apache.brooklyn.core.entity.Attributes", "main.uri")',
    'endpoint',
  ],
  ['a sensor of an entity by itself', '$brooklyn:entity("e2").sensor("depth")', 'depth'],
  ['an effector by itself', '$brooklyn:effector("restart")', 'restart'],
  [
    'a sensor as the key of a map',
    { '$brooklyn:sensor("a")': 1, '$brooklyn:sensor("b")': 2 },
    { a: 1, b: 2 },
  ],
  [
    'a sensor as the only key',
    { '$brooklyn:sensor("url")': '$brooklyn:sensor("main.uri")' },
    { url: 'endpoint' },
  ],
  // places
  ['the place where it is', '$brooklyn:location()', 'sim'],
  ['the first place of another', '$brooklyn:entity("e2").location(0)', 'sim'],
  ['the place of the whole', '$brooklyn:root().location()', 'sim'],
  // members of values
  ['a member of a map', '$brooklyn:config("map")["first"]["second"]', 'found'],
  ['an element of a list', '$brooklyn:config("list")[1]', 'two'],
  ['a member by get', '$brooklyn:config("map").get("first").get("second")', 'found'],
  ['an element whose number is an expression', '$brooklyn:config("list").get(literal(0))', 'one'],
  ['a member that is not there', '$brooklyn:config("map")["third"]', null],
  // texts
  ['a literal', '$brooklyn:literal("$brooklyn:config(x)")', '$brooklyn:config(x)'],
  ['a literal map', { '$brooklyn:literal': { '$brooklyn:config': 'x' } }, { '$brooklyn:config': 'x' }],
  ['a literal as a key', { '$brooklyn:literal("$brooklyn:1")': 'key' }, { '$brooklyn:1': 'key' }],
  ['a format', '$brooklyn:formatString("%s-%s", config("colour"), "x")', 'blue-x'],
  [
    'a format as a list',
    { '$brooklyn:formatString': ['%s:%d', '$brooklyn:config("colour")', 80] },
    'blue:80',
  ],
  [
    'a format over lines of the document',
    { '$brooklyn:formatString': ['%s', { '$brooklyn:formatString': ['<%s>', 'a'] }] },
    '<a>',
  ],
  ['a format with positions', '$brooklyn:formatString("%2$s %1$s %2$s", "a", "b")', 'b a b'],
  ['a whole number, padded', '$brooklyn:formatString("%05d|%-4d|", config("port.wanted"), 7)', '08081|7   |'],
  ['a fraction', '$brooklyn:formatString("%.2f", config("price"))', '12.50'],
  ['a percent sign and a line', '$brooklyn:formatString("100%%%n")', '100%\n'],
  ['an encoded text', '$brooklyn:urlEncode(config("text"))', 'a+b%26c'],
  ['an encoded address', '$brooklyn:urlEncode("http://myhost")', 'http%3A%2F%2Fmyhost'],
  ['an encoded text as a map', { '$brooklyn:urlEncode': [{ '$brooklyn:config': 'text' }] }, 'a+b%26c'],
  ['a replacement', '$brooklyn:regexReplacement("somefooname", "foo", "bar")', 'somebarname'],
  ['a replacement with groups', '$brooklyn:regexReplacement(config("colour"), "(b)(l)", "$2$1")', 'lbue'],
  [
    'a replacement whose parts are expressions',
    { '$brooklyn:regexReplacement': ['abc', { '$brooklyn:literal': 'b' }, { '$brooklyn:config': 'colour' }] },
    'abluec',
  ],
  [
    'a function that replaces',
    '$brooklyn:function.regexReplacement("foo", "bar")',
    { function: 'replace', pattern: 'foo', replacement: 'bar' },
  ],
  [
    'a function that replaces by config',
    { '$brooklyn:function.regexReplacement': ['foo', '$brooklyn:config("colour")'] },
    { function: 'replace', pattern: 'foo', replacement: 'blue' },
  ],
  ['a template', '$brooklyn:template("a ${config[\'colour\']} b")', 'a blue b'],
  ['a template with a sensor', '$brooklyn:template("${attribute.depth}%")', '4%'],
  ['a template of another', '$brooklyn:entity("e2").template("${config.own} ${entity.id}")', 'second e2'],
  [
    'a template with substitutions',
    '$brooklyn:template("${x} ${y.z}", {x: 1, y: {z: config("colour")}})',
    '1 blue',
  ],
  // chains and objects
  ['a chain', { '$brooklyn:chain': ['$brooklyn:entity("e2")', { config: 'own' }] }, 'second'],
  [
    'a chain of texts',
    { '$brooklyn:chain': ['$brooklyn:config("map")', 'get("first")', 'get("second")'] },
    'found',
  ],
  [
    'an object that is a text',
    { '$brooklyn:object': { type: 'java.net.URI', 'constructor.args': ['http://a'] } },
    'http://a',
  ],
  [
    'an object whose argument waits',
    {
      '$brooklyn:object': {
        type: 'org.apache.brooklyn.util.time.Duration',
        'factoryMethod.name': 'of',
        'factoryMethod.args': ['$brooklyn:config("colour")'],
      },
    },
    'blue',
  ],
  [
    'an object of another type, as data',
    { '$brooklyn:object': { type: 'com.acme.Thing', 'object.fields': { a: '$brooklyn:config("colour")' } } },
    { type: 'com.acme.Thing', 'object.fields': { a: 'blue' } },
  ],
  // waits
  ['a sensor that may be empty', '$brooklyn:attributeWhenReady("nothing", {wait_for_truthy: false})', ''],
  [
    'a sensor that is empty',
    '$brooklyn:attributeWhenReady("nothing")',
    '<waits for e1: sensor nothing is an empty text>',
  ],
  [
    'a sensor that is not there yet',
    '$brooklyn:entity("many").member("7").attributeWhenReady("depth")',
    '<waits for many/7: sensor depth has not been set>',
  ],
  ['a sensor on fire or not', '$brooklyn:attributeWhenReadyAllowingOnFire("depth")', 4],
  [
    'a text that is no entity',
    '$brooklyn:config("list").attributeWhenReady("depth")',
    '<["one","two"] is no entity>',
  ],
  ['a place that there is not', '$brooklyn:location(3)', '<e1 has 1 locations, and none at 3>'],
  [
    'what no supplier gives',
    '$brooklyn:external("vault", "k")',
    '<there is no supplier "vault" of external configuration>',
  ],
]

describe('an expression', () => {
  let bench: EngineHarness

  beforeAll(async () => {
    bench = await EngineHarness.open()
    await bench.deploy(specOf(shop(VALUES.map(([, written], at) => `k${at}: ${JSON.stringify(written)}`))))
  })

  afterAll(() => bench.close())

  it.each(VALUES.map(([what, written, shown], at) => ({ what, written, shown, at })))(
    'gives $what: $written',
    ({ at, shown }) => {
      expect(bench.entity('e1').config[`k${at}`]).toEqual(shown)
    },
  )
})

describe('a mistake in an expression', () => {
  it.each<[what: string, written: Json, problem: string]>([
    [
      'an entity that is not there',
      '$brooklyn:entity("bogus").config("a")',
      'error BP1203: there is no entity "bogus"',
    ],
    [
      'an entity that config only holds',
      '$brooklyn:entity("bogus")',
      'warning BP1203: there is no entity "bogus"',
    ],
    [
      'one that is elsewhere',
      '$brooklyn:child("e2").config("a")',
      'error BP1203: there is no entity "e2" among its children',
    ],
    [
      'one further down a chain',
      '$brooklyn:entity("e2").child("c1").config("a")',
      'error BP1203: there is no entity "c1" among its children',
    ],
    [
      'no sibling of itself',
      '$brooklyn:sibling("e1").config("a")',
      'error BP1203: there is no entity "e1" among its siblings',
    ],
    [
      'no member of what has none',
      '$brooklyn:entity("e2").member("one").config("a")',
      'error BP1203: there is no entity "one" among its members',
    ],
    [
      'another application',
      '$brooklyn:application("shop2").config("a")',
      'error BP1203: there is no application "shop2" here',
    ],
    [
      'an id in config that is not there',
      '$brooklyn:entity(config("colour")).config("a")',
      'error BP1203: there is no entity "blue"',
    ],
    [
      'a sensor of an entity in config',
      '$brooklyn:config("target").attributeWhenReady("dept")',
      'error BP1204: "e2" has no sensor "dept"',
    ],
    [
      'a sensor further down a chain',
      '$brooklyn:child("c1").child("gc1").attributeWhenReady("dpth")',
      'error BP1204: "e1/c1/gc1" has no sensor "dpth"',
    ],
    ['a scope', '$brooklyn:component("nowhere", "e2")', 'error BP1303: there is no scope "nowhere"'],
    ['a function', '$brooklyn:entty("e2")', 'error BP1302: there is no function "entty"'],
    [
      'a function of an entity',
      '$brooklyn:entity("e2").cnfig("a")',
      'error BP1302: there is no function "cnfig"',
    ],
    ['an id that is empty', '$brooklyn:entity("")', 'error BP1303: this is no id of an entity'],
    ['an entity of a text', '$brooklyn:literal("e2").config("a")', 'error BP1303: only an entity has that'],
    [
      'a member of an entity',
      '$brooklyn:entity("e2")["a"]',
      'error BP1303: an entity has no members in brackets',
    ],
    [
      'an option',
      '$brooklyn:attributeWhenReady("depth", {timout: 1m})',
      'error BP1303: there is no option "timout"',
    ],
    [
      'the form of an option',
      '$brooklyn:attributeWhenReady("depth", {abort_if_on_fire: often})',
      'error BP1303: "abort_if_on_fire" is true or false',
    ],
    [
      'a timeout that is no duration',
      '$brooklyn:attributeWhenReady("depth", {timeout: soon})',
      'error BP1303: "timeout" is a duration',
    ],
    [
      'a mark of a format',
      '$brooklyn:formatString("%q", 1)',
      'error BP1303: formatString does not know "%q"',
    ],
    [
      'too few values for positions',
      '$brooklyn:formatString("%3$s", 1, 2)',
      'error BP1303: the text asks for 3 values, and there are 2',
    ],
    [
      'a template with a directive',
      '$brooklyn:template("<#if a>b</#if>")',
      'error BP1304: the template says "<#if"',
    ],
    [
      'a template with an operator',
      '$brooklyn:template("${a!1}")',
      'error BP1304: "${a!1}" is not understood',
    ],
    [
      'a name of a template',
      '$brooklyn:template("${conf.a}")',
      'error BP1305: the template knows no "conf.a"',
    ],
    [
      'a key of an object',
      { '$brooklyn:object': { type: 'a.B', constructorargs: [1] } },
      'error BP1303: object has no key "constructorargs"',
    ],
    [
      'an object without a type',
      { '$brooklyn:object': { 'object.fields': {} } },
      'error BP1303: object takes a map with a type',
    ],
    [
      'a type that nothing is made of',
      { '$brooklyn:object': { type: 'a.B' } },
      'warning BP1108: no object of type a.B is made',
    ],
    [
      'a spec where nobody makes an entity',
      { '$brooklyn:entitySpec': { type: 'software' } },
      'warning BP1108: no entity is made of this here',
    ],
    [
      'a spec in brackets',
      '$brooklyn:entitySpec("x")',
      'error BP1303: entitySpec takes what is written under it',
    ],
    [
      'a key that is known later',
      { '$brooklyn:config("colour")': 1 },
      'error BP1308: the key "$brooklyn:config("colour")" is not known before something runs',
    ],
    [
      'a list that is not closed',
      '$brooklyn:formatString("%s", [1, 2)',
      'error BP1301: the expression cannot be read: a "," or "]" is missing',
    ],
    [
      'a number of a place',
      '$brooklyn:location("x")',
      'error BP1303: location takes a number from 0, or nothing',
    ],
    [
      'half of an external value',
      '$brooklyn:external("vault")',
      'error BP1303: external takes the name of a supplier and a key',
    ],
    [
      'a function in the middle',
      '$brooklyn:entity("e2").urlEncode("a")',
      'error BP1303: this function belongs to no entity and no value',
    ],
    [
      'a chain of something else',
      { '$brooklyn:chain': [[1]] },
      'error BP1303: each item of a chain is a call',
    ],
  ])('is told: %s', (_what, written, problem) => {
    expect(
      problemsOf(shop([`wrong: ${JSON.stringify(written)}`]), { locations: ['sim'] }).map(inWords),
    ).toEqual([problem])
  })
})

/** An entity that may wait for `b`, which may wait for it. */
function pair(a: string, b: string, more: readonly string[] = []): string {
  return services(
    ...[
      '- type: software',
      '  id: a',
      '  launch: run',
      `  env: { X: ${a} }`,
      ...more.map((line) => `  ${line}`),
    ],
    ...['- type: software', '  id: b', '  launch: run', `  env: { X: ${b} }`, '  port: http'],
    ...['  brooklyn.children:', '  - { type: software, id: c, launch: run, env: { Y: 1 } }'],
    ...['- type: cluster', '  id: m', '  memberSpec: { type: software, id: part, launch: run }'],
  )
}

describe('entities that wait for each other', () => {
  const back = '$brooklyn:entity("a").attributeWhenReady("service.isUp")'

  it.each<[shape: string, written: Json, more?: readonly string[]]>([
    ['by id', '$brooklyn:entity("b").attributeWhenReady("service.isUp")'],
    ['by scope', '$brooklyn:component("sibling", "b").attributeWhenReady("service.isUp")'],
    ['from the parent', '$brooklyn:parent().child("b").attributeWhenReady("service.isUp")'],
    ['from the root', '$brooklyn:root().descendant("b").attributeWhenReady("service.isUp")'],
    ['from an ancestor', '$brooklyn:ancestor("shop").child("b").attributeWhenReady("service.isUp")'],
    ['through a child of it', '$brooklyn:entity("c").parent().attributeWhenReady("service.isUp")'],
    ['in a format', '$brooklyn:formatString("%s", entity("b").attributeWhenReady("service.isUp"))'],
    ['in a template', '$brooklyn:entity("b").template("${attribute[\'service.isUp\']}")'],
    [
      'in a replacement',
      '$brooklyn:regexReplacement(entity("b").attributeWhenReady("service.isUp"), "a", "b")',
    ],
    [
      'through config',
      '$brooklyn:config("wait")',
      [`config: { wait: '$brooklyn:entity("b").attributeWhenReady("service.isUp")' }`],
    ],
    [
      'through config of config',
      '$brooklyn:self().config("one")',
      [
        `config: { one: '$brooklyn:config("two")', two: ['$brooklyn:entity("b").attributeWhenReady("service.isUp")'] }`,
      ],
    ],
    [
      'through an entity in config',
      '$brooklyn:config("held").attributeWhenReady("service.isUp")',
      [`config: { held: '$brooklyn:entity("b")' }`],
    ],
    [
      'by an id in config',
      '$brooklyn:entity(config("id")).attributeWhenReady("service.isUp")',
      ['config: { id: b }'],
    ],
    [
      'by a sensor in config',
      '$brooklyn:entity("b").attributeWhenReady(config("sensor"))',
      ['config: { sensor: service.isUp }'],
    ],
    ['in a chain', { '$brooklyn:chain': ['$brooklyn:entity("b")', { attributeWhenReady: 'service.isUp' }] }],
  ])('are told with the whole path: %s', (_shape, written, more) => {
    const [problem, ...others] = problemsOf(pair(JSON.stringify(written), JSON.stringify(back), more))
    expect([problem?.code, problem?.message, others]).toEqual([
      'BP1307',
      'these wait for each other for ever: a waits for service.isUp of b, b waits for service.isUp of a',
      [],
    ])
  })

  it('are not told of where one of them waits for nothing that the other needs first', () => {
    const endpoint = JSON.stringify('$brooklyn:entity("b").attributeWhenReady("endpoint")')
    expect(problemsOf(pair(endpoint, JSON.stringify(back)))).toEqual([])
  })

  it('are told of where a role and what waits for its members do', () => {
    const text = services(
      ...['- type: software', '  id: a', '  launch: run'],
      ...[`  env: { X: '$brooklyn:entity("m").member("1").attributeWhenReady("service.isUp")' }`],
      ...['- type: cluster', '  id: m', '  memberSpec:', '    type: software', '    launch: run'],
      `    env: { X: '${back}' }`,
    )
    expect(problemsOf(text).map(({ code }) => code)).toEqual(['BP1307'])
  })
})

describe('any text after the prefix', () => {
  const word = fc.constantFrom(
    ...['entity', 'config', 'formatString', 'template', 'chain', 'object', 'location', 'x', '"a"', '%s', '1'],
    ...['(', ')', '(', ')', '[', ']', '{', '}', '.', ',', ':', ' ', '$brooklyn:', '\\', "'"],
  )

  it('is read, or is told to be wrong, and never throws', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), fc.boolean(), (words, asKey) => {
        const text = `$brooklyn:${words.join('')}`
        const written = JSON.stringify(asKey ? { [text]: [1] } : text)
        const line = ['- { type: software, id: a, launch: run, config: { x: ', written, ' } }'].join('')
        expect(compileText(services(line)).kind).toMatch(/^(compiled|problems)$/)
      }),
    )
  })
})

describe('a spec of an entity', () => {
  it('is read with and without $brooklyn:entitySpec', () => {
    const of = (text: string): EntitySpec | undefined => specOf(text).root.children[0]?.members?.spec
    const plain = of(services('- type: cluster', '  id: m', '  memberSpec: { type: software, launch: run }'))
    const wrapped = of(
      services(
        '- type: cluster',
        '  id: m',
        '  memberSpec:',
        '    $brooklyn:entitySpec: { type: software, launch: run }',
      ),
    )
    expect({ ...wrapped, place: 0 }).toEqual({ ...plain, place: 0 })
  })
})

describe('a wait', () => {
  it('ends with a failure where the other one has failed, if that is asked for', async () => {
    const text = services(
      ...['- type: software', '  id: a', '  launch: run', '  config:'],
      `    abort: '$brooklyn:entity("b").attributeWhenReady("answer", {abort_if_on_fire: true})'`,
      `    wait: '$brooklyn:entity("b").attributeWhenReadyAllowingOnFire("answer")'`,
      ...['- type: software', '  id: b', '  launch: run'],
      ...['  sensors:', '    answer: { command: cat answer, every: 1s }'],
    ).replaceAll('local', 'sim')
    const rule = { verbs: ['ensure'], name: '*-b-*', effect: 'refuse', cause: 'denied' }
    const bench = await EngineHarness.open({ place: { script: { calls: [rule] } } })
    await bench.deploy(specOf(text))
    const { abort, wait } = bench.entity('a').config
    await bench.close()
    expect([abort, wait]).toEqual([
      '<b has failed, so sensor answer is not waited for>',
      '<waits for b: sensor answer has not been set>',
    ])
  })
})

describe('what waits', () => {
  it('goes on when an entity at the end of a chain has what it waits for', async () => {
    const text = services(
      ...['- type: software', '  id: a', '  launch: run', '  config: { what: depth }', '  env:'],
      `    X: '$brooklyn:parent().child("m").member("2").attributeWhenReady(config("what"))'`,
      ...['- type: cluster', '  id: m', '  initialSize: 1', '  memberSpec:'],
      '    $brooklyn:entitySpec: { type: software, launch: run, sensors: { depth: { value: 9 } } }',
    ).replaceAll('local', 'sim')
    const bench = await EngineHarness.open()
    await bench.deploy(specOf(text))
    expect(bench.entity('a')).toMatchObject({ up: false, reason: 'm/2: sensor depth has not been set' })
    await bench.after(bench.engine.scale('shop', 'm', 2, by))
    expect(bench.entity('a').state).toBe('running')
    await bench.close()
  })
})
