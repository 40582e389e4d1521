import { describe, expect, it } from 'vitest'
import { marked, problemsOf, role, root, services } from './support/documents.js'

/** What was done wrong; the document with « » around the place; the code; what the hint must say. */
type Mistake = readonly [name: string, text: string, code: string, hint: string]

const nl = (...lines: readonly string[]): string => `${lines.join('\n')}\n`

const MISTAKES: readonly Mistake[] = [
  [
    'services is misspelt',
    nl('name: Shop', '«servcies»:', '- type: software', '  launch: x'),
    'BP1103',
    'did you mean "services"?',
  ],
  [
    'roles is misspelt',
    nl('name: Shop', '«rols»:', '- name: web', '  launch: x'),
    'BP1103',
    'did you mean "roles"?',
  ],
  ['location is misspelt', root('«locaton»: local'), 'BP1103', 'did you mean "location"?'],
  [
    'launch is misspelt',
    nl('name: S', 'roles:', '  - name: web', '    «lauch»: node web.js'),
    'BP1103',
    'did you mean "launch"?',
  ],
  [
    'a name is misspelt',
    nl('name: S', 'roles:', '  - «nmae»: web', '    launch: x'),
    'BP1103',
    'did you mean "name"?',
  ],
  ['a rule for lost hosts is misspelt', role('«onHostlost»: wait'), 'BP1103', 'did you mean "onHostLost"?'],
  ['a rule for lost hosts is not known', role('onHostLost: «recreat»'), 'BP1105', 'recreate'],
  ['the time until a host is lost is none', role('lostAfter: «soon»'), 'BP1106', '5s'],
  ['a count is negative', role('count: { initial: «-1», min: 2, max: 6 }'), 'BP1107', 'at least 0'],
  [
    'a least is above a most that a policy keeps',
    role(
      'count: «{ initial: 3, min: 7, max: 6 }»',
      'sensors: { load: { http: /m, select: x } }',
      'port: http',
      'policies: [{ type: autoscale, sensor: load, lower: 1, upper: 5 }]',
    ),
    'BP1401',
    'exchange',
  ],
  [
    'a setting that a policy needs is misspelt',
    role(
      'count: { initial: 3, min: 2, max: 6 }',
      'sensors: { load: { http: /m, select: x } }',
      'port: http',
      'policies: [{ type: autoscale, sensor: load, lower: 1, «uper»: 5 }]',
    ),
    'BP1103',
    'did you mean "upper"?',
  ],
  ['a port is misspelt', role('«prot»: http', 'health: /health'), 'BP1103', 'did you mean "port"?'],
  [
    'a key inside count is misspelt',
    role('count: { «inital»: 3, max: 4 }'),
    'BP1103',
    'did you mean "initial"?',
  ],
  [
    'a key inside health is misspelt',
    role('port: http', 'health: { http: /h, «graace»: 5s }'),
    'BP1103',
    'did you mean "grace"?',
  ],
  [
    'a dotted key is misspelt',
    services('- type: software', '  «launch.comand»: x'),
    'BP1103',
    'did you mean "launch.command"?',
  ],
  [
    'brooklyn.config is misspelt',
    services('- type: software', '  launch: x', '  «brookyn.config»: { a: 1 }'),
    'BP1103',
    'did you mean "brooklyn.config"?',
  ],
  [
    'a policy setting is misspelt',
    role(
      'count: { initial: 2, min: 1, max: 4 }',
      'policies:',
      '  - type: autoscale',
      '    lower: 1',
      '    upper: 5',
      '    «coldown»: 5s',
    ),
    'BP1103',
    'did you mean "cooldown"?',
  ],
  ['roles is a text', nl('name: S', 'roles: «web»'), 'BP1102', 'write a list or a map'],
  ['a role is a text', nl('name: S', 'roles: [«web»]'), 'BP1102', 'write a map'],
  ['count is a text', role('count: «many»'), 'BP1102', 'write a whole number or a map'],
  ['count is broken', role('count: «1.5»'), 'BP1102', 'write a whole number or a map'],
  ['count is negative', role('count: «-1»'), 'BP1107', 'at least 0'],
  ['count is beyond belief', role('count: «1000000000»'), 'BP1107', 'at most 1000000'],
  ['a port is beyond the last', role('port: «70000»'), 'BP1107', 'at most 65535'],
  ['a flag is a text', root('collect: «maybe»'), 'BP1102', 'write true or false'],
  ['a duration has no unit', root('grace: «"5"»'), 'BP1106', 'a duration such as 5s'],
  ['a size is a word', role('memory: «plenty»'), 'BP1106', 'an amount such as 512 MB'],
  ['a choice is misspelt', root('onStartFailure: «expunged»'), 'BP1105', 'did you mean "expunge"?'],
  ['an order is none', role('replacement: { order: «newest-first» }'), 'BP1105', 'did you mean "new-first"?'],
  ['a role has no name', nl('name: S', 'roles:', '  - «launch: x', '»'), 'BP1104', 'add "name:"'],
  ['there is nothing in it', '«name: Shop\n»', 'BP1104', 'add "roles:"'],
  [
    'a sensor has no source',
    role('sensors:', '  «load»: { select: a }'),
    'BP1104',
    'one of http, command, metric, reach, value',
  ],
  [
    'a cluster has no memberSpec',
    services('- type: «cluster»', '  cluster.initial.size: 2'),
    'BP1104',
    'add "memberSpec:"',
  ],
  ['a program has no launch', services('- type: «software»', '  name: x'), 'BP1104', 'add "launch:"'],
  ['a type is misspelt', services('- type: «softwre»', '  launch: x'), 'BP1205', 'did you mean "software"?'],
  [
    'a Brooklyn type is misspelt',
    services(
      '- type: «org.apache.brooklyn.entity.software.base.VanillaSoftwareProces»',
      '  launch.command: x',
    ),
    'BP1205',
    'VanillaSoftwareProcess',
  ],
  [
    'a role is nothing',
    nl('name: S', 'roles:', '  - name: «web»', '    port: http'),
    'BP1207',
    'add "launch:"',
  ],
  ['a need is not known', role('needs: «stor»'), 'BP1203', 'there is web'],
  [
    'a reference is misspelt',
    services(
      '- type: software',
      '  id: store',
      '  launch: x',
      '- type: software',
      '  launch: x',
      '  shell.env:',
      '    URL: «$brooklyn:component("stoer").attributeWhenReady("host.address")»',
    ),
    'BP1203',
    'did you mean "store"?',
  ],
  ['the endpoint is not known', root('endpoint: «wb»'), 'BP1203', 'did you mean "web"?'],
  [
    'the endpoint has no such port',
    root('endpoint: «{ role: web, port: htp }»'),
    'BP1209',
    'did you mean "http"?',
  ],
  [
    'a sensor is not known',
    role('port: http', 'environment:', '  URL: «"{{ self.endpont }}"»'),
    'BP1204',
    'did you mean "endpoint"?',
  ],
  [
    'a network is not known',
    nl('name: S', 'networks: [front]', 'roles:', '  - name: web', '    launch: x', '    network: «frnt»'),
    'BP1208',
    'did you mean "front"?',
  ],
  [
    'a rule is not known',
    nl(
      'name: S',
      'rules: [{ name: web, allow: [{ ports: 80 }] }]',
      'roles:',
      '  - name: web',
      '    launch: x',
      '    rules: «[wb]»',
    ),
    'BP1208',
    'did you mean "web"?',
  ],
  [
    'a key is neither given nor there',
    nl('name: S', 'keys:', '  - «name: team»', 'roles:', '  - name: web', '    launch: x'),
    'BP1104',
    'add "publicKey:", or "existing:" with the name of one that is there',
  ],
  ['a location is not known', root('location: «locl»'), 'BP1206', 'did you mean "local"?'],
  [
    'a kind of policy is not known',
    role('policies:', '  - type: «autoscal»'),
    'BP1601',
    'did you mean "autoscale"?',
  ],
  [
    'two policies decide one thing',
    role('policies:', '  - type: restart', '  - type: «restart»'),
    'BP1603',
    'keep one',
  ],
  [
    'a policy suspends one that is not there',
    role(
      'policies:',
      '  - { type: restart, name: keeper }',
      '  - { type: conditional-suspend, policies: «keepr», sensor: load }',
    ),
    'BP1238',
    'did you mean "keeper"?',
  ],
  [
    'the settings of a policy contradict',
    role(
      'count: { initial: 1, min: 1, max: 2 }',
      'policies:',
      '  - type: autoscale',
      '    lower: «50»',
      '    upper: 10',
    ),
    'BP1602',
    'Exchange',
  ],
  ['min is above max', role('count: «{ min: 4, max: 2, initial: 3 }»'), 'BP1401', 'exchange the two'],
  ['initial is outside', role('count: «{ min: 2, max: 3, initial: 7 }»'), 'BP1401', 'begin with 3'],
  ['a quorum is too large', role('count: 2', 'startQuorum: «5»'), 'BP1402', 'at most 2'],
  ['nobody could be replaced', role('replacement: «{ order: new-first, surge: 0 }»'), 'BP1401', 'surge 1'],
  ['there are more than the quota', role('count: «20000»'), 'BP1403', 'quota raised'],
  [
    'a function is not known',
    role('config: { a: $brooklyn:«confg»("b") }'),
    'BP1302',
    'did you mean "config"?',
  ],
  [
    'a bracket is missing',
    role('config: { a: $brooklyn:config("b«"» }'),
    'BP1301',
    'e.g. $brooklyn:component',
  ],
  [
    'a scope is not known',
    role('config:', '  a: $brooklyn:«c»omponent("nowhere", "b").entityId()'),
    'BP1303',
    'scopes are',
  ],
  [
    'formatString has too few values',
    role('config:', "  a: «\"$brooklyn:formatString('%s-%s', config('b'))\"»"),
    'BP1303',
    'one value for each',
  ],
  [
    'a key is known only later',
    role('config:', '  a: { «"$brooklyn:config(\'b\')"»: 1 }'),
    'BP1308',
    'a key is written as it is',
  ],
  [
    'an option of a wait is not known',
    role('config:', '  a: «\'$brooklyn:attributeWhenReady("endpoint", { abort_on_fire: true })\'»'),
    'BP1303',
    'did you mean "abort_if_on_fire"?',
  ],
  [
    'a pattern cannot be used',
    role('config:', '  a: «\'$brooklyn:regexReplacement("a", "(?=b)", "c")\'»'),
    'BP1705',
    'no look-around',
  ],
  [
    'a template knows a name that is not there',
    role('config:', '  a: «\'$brooklyn:template("${confg.x}")\'»'),
    'BP1305',
    'did you mean "config"?',
  ],
  [
    'a template is not closed',
    role('environment:', '  A: «"{% if self.endpoint %}"»'),
    'BP1304',
    'see the page',
  ],
  [
    'a template uses an unknown root',
    role('environment:', '  A: «"{{ rols.web.endpoint }}"»'),
    'BP1305',
    'did you mean "roles"?',
  ],
  [
    'a name has a space',
    nl('name: S', 'roles:', '  - name: «my web»', '    launch: x'),
    'BP1201',
    'letters, digits',
  ],
  [
    'two names are one',
    nl('name: S', 'roles:', '  - name: my-web', '    launch: x', '  - name: «My_Web»', '    launch: x'),
    'BP1202',
    'differ in more',
  ],
  [
    'an environment name has a dash',
    role('environment:', '  «MY-URL»: x'),
    'BP1201',
    'letters, digits and _',
  ],
  ['a file leaves its directory', role('files: [«../web.js»]'), 'BP1501', 'name a file'],
  ['a file is there twice', role('files: [web.js, «web.js»]'), 'BP1502', 'keep one'],
  [
    'a file has two sources',
    role('files:', '  - { path: a, from: web.js, «content»: x }'),
    'BP1503',
    'keep one',
  ],
  ['a mode is no mode', role('files:', '  - { path: a, from: web.js, mode: «899» }'), 'BP1106', 'octal'],
  [
    'a parameter has no value',
    root('parameters:', '  - { name: «colour», required: true }'),
    'BP1701',
    'give it a default',
  ],
  [
    'a default does not fit',
    root('parameters:', '  - { name: size, type: integer, default: «big» }'),
    'BP1702',
    '"big"',
  ],
  [
    'a pattern cannot be read, of a parameter without a value',
    root('parameters:', '  - { name: size, constraints: [{ regex: «"[a-"» }] }'),
    'BP1705',
    'look-around',
  ],
  [
    'a pattern of an effector cannot be read',
    role(
      'effectors:',
      '  tell: { command: x, parameters: [{ name: a, constraints: [{ pattern: «"(?=b)b"» }] }] }',
    ),
    'BP1705',
    'look-around',
  ],
  [
    'a limit is no number',
    role('effectors:', '  tell: { command: x, parameters: [{ name: a, constraints: [{ min: «few» }] }] }'),
    'BP1102',
    'e.g. 1',
  ],
  [
    'a choice is no list',
    root('parameters:', '  - { name: size, default: big, constraints: [{ oneOf: «big» }] }'),
    'BP1102',
    'e.g. [small, large]',
  ],
  [
    'a default of an effector does not fit',
    role(
      'effectors:',
      '  tell: { command: x, parameters: [{ name: times, type: integer, default: «often» }] }',
    ),
    'BP1702',
    '"often"',
  ],
  [
    'a default of an effector is made from what nobody has',
    role(
      'effectors:',
      '  tell:',
      '    command: x',
      '    parameters: [{ name: to }, { name: at, default: «$brooklyn:component("store").config("a")» }]',
    ),
    'BP1203',
    '',
  ],
  [
    'a default of an effector cannot be read',
    role('effectors:', '  tell: { command: x, parameters: [{ name: to, default: $brooklyn:«cnfig»("a") }] }'),
    'BP1302',
    '',
  ],
  [
    'a type is misspelt, and others refer to its port',
    services(
      '- { type: «srver», name: box, ports: [http, admin] }',
      '- { type: software, launch: x, environment: { A: $brooklyn:entity("box").attributeWhenReady("port.admin") } }',
    ),
    'BP1205',
    'did you mean "server"?',
  ],
  [
    'a launch is misspelt beyond recognition, and others refer to its port',
    nl(
      'name: S',
      'endpoint: web',
      'roles:',
      '  - { name: web, «begin»: x, port: http, health: /h }',
      '  - { name: front, launch: x, environment: { A: "{{ roles.web.endpoint }}" } }',
    ),
    'BP1103',
    '',
  ],
  [
    'one of several ports is no port, and others refer to it',
    nl(
      'name: S',
      'roles:',
      '  - { name: web, launch: x, ports: [http, «[admin]»] }',
      '  - { name: front, launch: x, environment: { A: "{{ roles.web.port.admin }}" } }',
    ),
    'BP1102',
    '',
  ],
  [
    'a source of a sensor is misspelt, and others refer to the sensor',
    role(
      'sensors: { load: { «htpt»: /load, select: x } }',
      'environment: { A: $brooklyn:attributeWhenReady("load") }',
      'port: http',
    ),
    'BP1103',
    'did you mean "http"?',
  ],
  [
    'a network is no network, and others refer to it',
    root('networks: [«7»]').replace('    launch:', '    networks: [inner]\n    launch:'),
    'BP1102',
    '',
  ],
  [
    'a setting that a policy needs is misspelt beyond recognition',
    role(
      'count: { initial: 3, min: 2, max: 6 }',
      'sensors: { load: { http: /m, select: x } }',
      'port: http',
      'policies: [{ type: autoscale, sensor: load, lower: 1, «ceiling»: 5 }]',
    ),
    'BP1103',
    '',
  ],
  [
    'a key is given twice',
    nl('name: S', '«name»: T', 'roles: [{ name: a, launch: x }]'),
    'BP1005',
    'keep one',
  ],
  [
    'two spellings of one key',
    services('- type: software', '  launch: x', '  «launch.command»: y'),
    'BP1109',
    'keep one of',
  ],
]

describe('a seeded mistake', () => {
  it('of one entity hides none of another', () => {
    const text = nl(
      'name: S',
      'roles:',
      '  - { name: web, launch: x, prot: http }',
      '  - { name: store, launch: x }',
      '  - { name: front, launch: x, environment: { A: "{{ roles.web.endpoint }}", B: "{{ roles.store.endpoint }}" } }',
    )
    expect(problemsOf(text).map(({ code, range }) => [code, range?.start.line])).toEqual([
      ['BP1103', 3],
      ['BP1204', 5],
    ])
  })

  it.each(MISTAKES)('is one problem at its place: %s', (_name, written, code, hint) => {
    const { text, range } = marked(written)
    const problems = problemsOf(text).filter((one) => one.severity === 'error')
    expect(problems.map((one) => one.code)).toEqual([code])
    const [only] = problems
    expect({ start: only?.range?.start }).toEqual({ start: range.start })
    expect(only?.hint).toContain(hint)
  })

  it('carries a way out in at least three of four cases', () => {
    const helpful = MISTAKES.filter(([, written]) =>
      problemsOf(marked(written).text).some((one) => one.hint !== undefined),
    )
    expect(helpful.length).toBeGreaterThanOrEqual(Math.ceil(MISTAKES.length * 0.75))
  })

  it('is mended by its fix where it has one', () => {
    const { text } = marked(role('«prot»: http', 'health: /health'))
    const [edit] = problemsOf(text)[0]?.fix?.edits ?? []
    const lines = text.split('\n')
    const at = (edit?.range.start.line ?? 1) - 1
    const line = lines[at] ?? ''
    lines[at] =
      line.slice(0, (edit?.range.start.column ?? 1) - 1) +
      (edit?.text ?? '') +
      line.slice((edit?.range.end.column ?? 1) - 1)
    expect(problemsOf(lines.join('\n'))).toEqual([])
  })

  it('does not hide another one', () => {
    const text =
      'name: Shop\nlocaton: local\nroles:\n  - name: web\n    launch: x\n    needs: nobody\n    count: -1\n'
    expect(problemsOf(text).map((one) => one.code)).toEqual(['BP1103', 'BP1203', 'BP1107'])
  })
})
