import { describe, expect, it } from 'vitest'
import { type CompileResult, compile } from '../../blueprints/index.js'
import type { EntitySpec } from '../../engine/index.js'

const compiled = (text: string, files: Record<string, string> = {}): CompileResult =>
  compile({ main: { file: 'camp.yaml', text }, files })

const childrenOf = (result: CompileResult): readonly EntitySpec[] => {
  if (result.kind !== 'compiled') throw new Error(JSON.stringify(result, undefined, 1))
  return result.spec.root.children
}

/** Codes with line and column. */
const faultsOf = (text: string): readonly string[] => {
  const result = compiled(text)
  if (result.kind !== 'problems') throw new Error(`it is ${result.kind}`)
  return result.problems.map(({ code, range }) => `${code} ${range?.start.line}:${range?.start.column}`)
}

const HEAD = 'camp_version: CAMP 1.1\nname: shop\n'
const WEB = `services:
  - id: web
    characteristics:
      - characteristic_type: software
        launch.command: sh serve.sh
`
const artifact = (rest: string): string => `${HEAD}artifacts:\n  - name: serve.sh\n${rest}${WEB}`
const HOSTED = '    requirements:\n      - {requirement_type: org.example:HostOn, fulfillment: "id:web"}\n'

describe('a plan of CAMP 1.1', () => {
  it('is the same landscape as the document that says it in the words of the dialect', () => {
    const plan = compiled(
      `${HEAD}services:
  - id: db
    name: Database
    tags: [small]
    characteristics:
      - characteristic_type: software
        launch.command: ./db
  - id: web
    href: /camp/camp_1_1/services/software
    needs: [db]
    brooklyn.config: {launch.command: ./web}
`,
    )
    const same = compiled(`name: shop
services:
  - {id: db, name: Database, tags: [small], type: software, brooklyn.config: {launch.command: ./db}}
  - {id: web, type: software, needs: [db], brooklyn.config: {launch.command: ./web}}
`)
    const bare = (result: CompileResult): unknown =>
      JSON.parse(JSON.stringify(childrenOf(result), (key, value) => (key === 'place' ? undefined : value)))
    expect(bare(plan)).toEqual(bare(same))
    expect(childrenOf(plan)).toHaveLength(2)
  })

  it('names a type also by its full name in Java', () => {
    const type = 'org.apache.brooklyn.entity.software.base.VanillaSoftwareProcess'
    const [web] = childrenOf(compiled(`${HEAD}${WEB.replace('software', type)}`))
    expect(web?.type).toBe('software')
  })

  it('puts an artifact onto the machine of the service that hosts it', () => {
    const text = artifact(`    content: {href: ./web/serve.sh}\n${HOSTED}`)
    expect(compiled(text)).toEqual({ kind: 'missing', files: ['web/serve.sh'] })
    const [web] = childrenOf(compiled(text, { 'web/serve.sh': 'echo 1' }))
    expect(JSON.stringify(web)).toContain('"path":"serve.sh"')
    expect(JSON.stringify(web)).toContain('echo 1')
  })

  it('takes the text of an artifact from the plan itself', () => {
    const data = Buffer.from('echo grüße').toString('base64')
    const [web] = childrenOf(compiled(artifact(`    content: {data: ${data}}\n${HOSTED}`)))
    expect(JSON.stringify(web)).toContain('echo grüße')
  })

  it('makes a service of what is written where it is required, and lets the host wait for what it connects to', () => {
    const text = artifact(`    content: {href: serve.sh}
    requirements:
      - {requirement_type: org.example:HostOn, fulfillment: "id:web"}
      - requirement_type: org.example:ConnectTo
        fulfillment:
          characteristics:
            - {characteristic_type: software, launch.command: ./db}
`)
    const [web, db] = childrenOf(compiled(text, { 'serve.sh': '' }))
    expect([web?.name, db?.type]).toEqual(['web', 'software'])
    expect(JSON.stringify(web)).toContain('artifact-1-2')
  })

  it.each([
    [
      'another version',
      'camp_version: CAMP 1.0\nname: shop\nservices: [{type: software, launch: x}]\n',
      ['BP1105 1:15'],
    ],
    [
      'a characteristic that nothing has',
      `${HEAD}${WEB.replace('software', 'org.example:Unheard')}`,
      ['BP1205 6:30'],
    ],
    [
      'a characteristic without its type',
      `${HEAD}${WEB.replace('characteristic_type: software\n        ', '')}`,
      ['BP1104 6:9'],
    ],
    ['two types for one service', `${HEAD}${WEB}      - {characteristic_type: machine}\n`, ['BP1109 8:31']],
    [
      'a service of another platform',
      `${HEAD}services:\n  - {id: web, href: "http://example.org/x"}\n`,
      ['BP1106 4:21'],
    ],
    ['a key that no service has', `${HEAD}${WEB}    lunch: x\n`, ['BP1103 8:5']],
  ])('says what is wrong with %s, and where', (_what, text, expected) => {
    expect(faultsOf(text)).toEqual(expect.arrayContaining(expected))
  })

  it.each([
    ['an artifact that nothing requires', '    content: {href: a}\n', ['BP1108 4:5']],
    ['an artifact that has no content', HOSTED, ['BP1104 4:5']],
    [
      'an artifact from elsewhere',
      `    content: {href: "https://example.org/a"}\n${HOSTED}`,
      ['BP1108 5:21'],
    ],
    ['an artifact outside of the package', `    content: {href: ../a}\n${HOSTED}`, ['BP1501 5:21']],
    ['data that is no base64', `    content: {data: "!"}\n${HOSTED}`, ['BP1106 5:21']],
    ['data that is no text', `    content: {data: /w==}\n${HOSTED}`, ['BP1106 5:21']],
    ['a key that no artifact has', `    kontent: x\n    content: {href: a}\n${HOSTED}`, ['BP1103 5:5']],
    [
      'a requirement of another kind',
      `    content: {href: a}\n${HOSTED.replace('HostOn', 'Balance')}`,
      ['BP1108 7:28'],
    ],
    [
      'a requirement without its type',
      `    content: {href: a}\n${HOSTED.replace('requirement_type: org.example:HostOn, ', '')}`,
      ['BP1104 7:9'],
    ],
    [
      'a requirement that nothing meets',
      `    content: {href: a}\n${HOSTED.replace(', fulfillment: "id:web"', '')}`,
      ['BP1104 7:9'],
    ],
    [
      'a service that there is not',
      `    content: {href: a}\n${HOSTED.replace('id:web', 'id:wbe')}`,
      ['BP1203 7:61'],
    ],
    [
      'an attribute of a requirement',
      `    content: {href: a}\n${HOSTED.replace('}', ', contextName: /x}')}`,
      ['BP1108 7:71'],
    ],
  ])('says what is wrong with %s, and where', (_what, rest, expected) => {
    expect(faultsOf(artifact(rest))).toEqual(expect.arrayContaining(expected))
  })

  it.each([
    'camp_version: {}\n',
    'camp_version: CAMP 1.1\nservices: 7\nartifacts: 7\n',
    'camp_version: CAMP 1.1\nservices: [7, {characteristics: 7}, {characteristics: [7]}]\nartifacts: [7]\n',
    'camp_version: CAMP 1.1\nartifacts: [{requirements: [7, {fulfillment: {}}], content: 7}]\n',
    'camp_version: CAMP 1.1\nservices: {a: {type: software}}\n',
  ])('of a wrong form is a problem and no fault of ours: %j', (text) => {
    expect(faultsOf(text).length).toBeGreaterThan(0)
  })
})
