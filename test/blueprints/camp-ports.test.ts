import { describe, expect, it } from 'vitest'
import { choosePorts } from '../../locations/local/ports.js'
import { Running } from './brooklyn/running.js'
import { type Lines, at, errorsOf, specOf, warningsOf } from './brooklyn/support.js'

const process = (...lines: Lines): Lines => [
  'location: sim',
  'services:',
  '- type: VanillaSoftwareProcess',
  '  id: web',
  '  launch.command: serve',
  ...lines.map((line) => `  ${line}`),
]
const parameters = (...written: Lines): Lines => ['brooklyn.parameters:', ...written.map((one) => `- ${one}`)]
const config = (...lines: Lines): Lines => ['brooklyn.config:', ...lines.map((line) => `  ${line}`)]
const HTTP = '{ name: http.port, type: port, default: 8080+ }'

/** Ports of the one entity: their names, with the key or the number that is wanted. */
function portsOf(...lines: Lines): Lines {
  const { machine } = at(specOf(process(...lines).slice(1)), 0)
  return (machine?.ports ?? []).map(({ name, number, wanted }) => {
    const key = wanted?.kind === 'config' ? wanted.key : undefined
    return `${name} ${typeof key === 'string' ? key : String(number)}`
  })
}

describe('the ports of software', () => {
  it.each<readonly [what: string, lines: Lines, ports: Lines]>([
    ['a parameter that is a port', parameters(HTTP), ['http http.port']],
    ['a parameter called like one', parameters('{ name: a.b.port, default: 80 }'), ['a-b a.b.port']],
    [
      'one called like one that has a value',
      [...parameters('admin.port'), ...config('admin.port: 81')],
      ['admin admin.port'],
    ],
    ['none of one that has no value', parameters('admin.port'), []],
    ['none of one called otherwise', parameters('{ name: portal, default: 80 }'), []],
    ['none of a key that nobody declares', config('http.port: 8080'), []],
    [
      'none of one that is the number of another',
      parameters('{ name: db.port, default: $brooklyn:parent().attributeWhenReady("service.isUp") }'),
      [],
    ],
    ['none where nothing is inferred', [...parameters(HTTP), ...config('inboundPorts.autoInfer: false')], []],
    [
      'those of other names that are asked for',
      [...parameters('{ name: x-port, default: 1 }', HTTP), ...config('inboundPorts.configRegex: ".*-port"')],
      ['x-port x-port', 'http http.port'],
    ],
    ['no second one of its own', ['ports: { http: 80 }', ...parameters(HTTP)], ['http 80']],
    [
      'no second one by the same key',
      ['ports: [{ name: door, number: 80, key: http.port }]', ...parameters(HTTP)],
      ['door http.port'],
    ],
    [
      'those that are to be open',
      config('requiredOpenLoginPorts: [22, 8443, "81"]'),
      ['open-8443 8443', 'open-81 81'],
    ],
    [
      'what a place is asked to open',
      config('provisioning.properties: { inboundPorts: [9000, 22] }'),
      ['open-9000 9000'],
    ],
    [
      'a single one of these',
      config('provisioning.properties: { required.ports: 9000 }'),
      ['open-9000 9000'],
    ],
  ])('are also %s', (_what, lines, ports) => {
    expect(portsOf(...lines)).toEqual(ports)
    expect(warningsOf(process(...lines).slice(1))).toEqual([])
  })

  it.each<readonly [what: string, line: string, error: string]>([
    ['a pattern that cannot be used', 'inboundPorts.configRegex: "("', 'BP1705@6'],
    ['what is inferred perhaps', 'inboundPorts.autoInfer: perhaps', 'BP1105@6'],
  ])('are not known with %s', (_what, line, error) => {
    expect(errorsOf(process(...config(line)).slice(1))).toEqual([error])
  })
})

describe('a parameter that is a port', () => {
  it.each<readonly [what: string, value: string, told: number]>([
    ['the number that was given', '8081', 8081],
    ['one of those that were given', '8090-8099', 8090],
  ])('tells %s in the sensor of its name', async (_what, value, told) => {
    const running = await Running.of(process(...parameters(HTTP), ...config(`http.port: ${value}`)))
    expect([running.sensor('web', 'http.port'), running.sensor('web', 'port')]).toEqual([told, told])
    await running.close()
  })

  it('can be waited for by others', async () => {
    const other = [
      '- type: VanillaSoftwareProcess',
      '  id: other',
      '  launch.command: serve',
      '  sensors:',
      '    seen: { value: $brooklyn:component("web").attributeWhenReady("http.port") }',
    ]
    const running = await Running.of([...process(...parameters(HTTP)), ...other])
    expect(running.sensor('other', 'seen')).toBe(8080)
    await running.close()
  })
})

describe('a port whose number software has of itself', () => {
  const range = { ports: { from: 20_000, to: 20_010 }, host: '127.0.0.1' }
  const port = { name: 'http', number: 8080, protocol: 'tcp', published: true } as const

  it('is that number at a place without walls, also where another has it too', async () => {
    const chosen = await choosePorts('token', [{ ...port, exact: true }], new Set([8080]), range)
    expect(chosen).toEqual({ http: 8080 })
  })

  it('is one of the place where software is told its number', async () => {
    const chosen = await choosePorts('token', [port], new Set(), range)
    expect(chosen?.['http']).toBeGreaterThanOrEqual(20_000)
  })
})
