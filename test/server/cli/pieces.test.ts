import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { parse } from 'yaml'
import { describe, expect, it } from 'vitest'
import type { Application, Entity, Task, WireProblem } from '../../../server/api/index.js'
import { partsBelow } from '../../../server/cli/commands/activity.js'
import { clean, cleanLine } from '../../../server/cli/clean.js'
import { colorsFor } from '../../../server/cli/colors.js'
import { type Snapshot, parseCondition } from '../../../server/cli/condition.js'
import { parseDuration, span } from '../../../server/cli/duration.js'
import { CliError, exitOf } from '../../../server/cli/exit.js'
import { applyFixes } from '../../../server/cli/fix.js'
import { httpTransport } from '../../../server/cli/http-transport.js'
import { renderProblem } from '../../../server/cli/render-problem.js'
import { targetOf } from '../../../server/cli/session.js'
import { renderTable } from '../../../server/cli/table.js'
import type { FollowedEvent } from '../../../server/cli/transport.js'
import { safeJson, toYaml } from '../../../server/cli/yaml.js'

const colors = colorsFor(false, {}, true)

describe('tasks', () => {
  it('come newest first, their parts below them, and parts of what is not listed as they are', () => {
    const task = (id: string, parent?: string): Task =>
      ({ id, name: id, ...(parent === undefined ? {} : { parent }) }) as Task
    const listed = [
      task('customize', 'deploy'),
      task('scale'),
      task('install', 'deploy'),
      task('launch', 'gone'),
      task('deploy'),
    ]
    const { items, isPart } = partsBelow(listed)
    const lines = items.map((one) => `${isPart(one) ? '  ' : ''}${one.name}`)
    expect(lines).toEqual(['scale', 'launch', 'deploy', '  customize', '  install'])
  })
})

describe('a problem', () => {
  const problem = (rest: Partial<WireProblem>): WireProblem => ({
    code: 'BP1',
    severity: 'error',
    message: 'it is wrong',
    file: 'a.yaml',
    docs: '/docs/errors/BP1',
    ...rest,
  })
  const range = (line: number, from: number, to: number, last = line): WireProblem['range'] => ({
    start: { line, column: from },
    end: { line: last, column: to },
  })
  const render = (one: WireProblem, text: string): string[] =>
    renderProblem(one, { colors, sources: new Map([['a.yaml', text]]) }).split('\n')

  it.each([
    ['under plain text', 'key: value', range(1, 6, 11), ' 1 | key: value', '   |      ^^^^^'],
    ['behind a tab', '\tkey: v', range(1, 2, 5), ' 1 |     key: v', '   |     ^^^'],
    ['behind wide characters', '名: x', range(1, 4, 5), ' 1 | 名: x', '   |     ^'],
    ['of a range of nothing', 'ab', range(1, 2, 2), ' 1 | ab', '   |  ^'],
    ['to the end of its first line', 'a: [\n1]', range(1, 4, 2, 2), ' 1 | a: [', '   |    ^'],
    ['in a line with control characters', 'a\u001b[31m: b', range(1, 1, 2), ' 1 | a: b', '   | ^'],
  ])('is marked %s', (_what, text, where, line, carets) => {
    expect(render(problem({ range: where! }), text).slice(3, 5)).toEqual([line, carets])
  })

  it('lines up its marks with lines of many digits', () => {
    const text = '\n'.repeat(122) + 'bad'
    expect(render(problem({ range: range(123, 1, 4)! }), text)).toEqual([
      'error[BP1]: it is wrong',
      '    --> a.yaml:123:1',
      '     |',
      ' 123 | bad',
      '     | ^^^',
      '     = docs: /docs/errors/BP1',
      '',
    ])
  })

  it('shows what a standard calls it, what else has to do with it, and what to do', () => {
    const told = render(
      problem({
        severity: 'warning',
        standardCode: 'yaml-12',
        range: range(1, 1, 2)!,
        hint: 'write it otherwise',
        related: [{ message: 'first written here', range: range(7, 3, 4)! }],
      }),
      'x',
    ).join('\n')
    expect(told).toContain('warning[BP1, yaml-12]')
    expect(told).toContain('= see a.yaml:7:3: first written here')
    expect(told).toContain('= write it otherwise')
  })

  it('is told without an excerpt where its text is not at hand', () => {
    expect(render(problem({ file: 'b.yaml', range: range(2, 1, 2)! }), '')).toContain('  --> b.yaml:2:1')
    expect(render(problem({}), '')).toContain(' --> a.yaml')
  })
})

describe('fixes', () => {
  const fix = (from: number, to: number, text: string, line = 1): WireProblem => ({
    code: 'BP1',
    severity: 'error',
    message: '',
    docs: '',
    fix: {
      title: '',
      edits: [{ range: { start: { line, column: from }, end: { line, column: to } }, text }],
    },
  })

  it.each([
    ['one', [fix(1, 3, 'AB')], 'ABc\nxyz', 1],
    ['two on one line', [fix(1, 2, 'long'), fix(3, 4, '')], 'longb\nxyz', 2],
    ['two on two lines', [fix(1, 1, '>'), fix(2, 3, 'Y', 2)], '>abc\nxYz', 2],
    ['the first of two that overlap', [fix(1, 3, 'AB'), fix(2, 4, '!')], 'ABc\nxyz', 1],
    ['none of another file', [{ ...fix(1, 2, '!'), file: 'other' }], 'abc\nxyz', 0],
  ])('apply: %s', (_what, problems, text, count) => {
    expect(applyFixes('abc\nxyz', 'here', problems)).toEqual({ text, count })
  })
})

describe('YAML', () => {
  it('is read as what it was written from', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value))
        expect(parse(toYaml(plain), { uniqueKeys: false, schema: 'core' })).toEqual(plain)
      }),
    )
  })

  it.each([
    [{ a: { b: [1, { c: 'd' }], e: [] }, f: {} }, 'a:\n  b:\n    - 1\n    - c: d\n  e: []\nf: {}\n'],
    [[[1, 2], ['x']], '-\n  - 1\n  - 2\n-\n  - x\n'],
    ['no', '"no"\n'],
    [{ yes: 'on', n: '010' }, '"yes": "on"\n"n": "010"\n'],
  ])('of %j', (value, text) => {
    expect(parse(toYaml(value))).toEqual(parse(text))
  })
})

describe('what a terminal is given', () => {
  it('never holds a character that commands it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const kept = Array.from(clean(text)).filter((character) => character !== '\n' && character !== '\t')
        const commands = kept.filter((character) => /\p{Cc}/u.test(character))
        expect(commands).toEqual([])
        expect(cleanLine(text)).not.toMatch(/[\n\t]/)
        expect(Array.from(safeJson(text)).filter((character) => /\p{Cc}/u.test(character))).toEqual([])
      }),
    )
  })

  it('keeps columns under each other, wide characters and all', () => {
    const columns = [
      { title: 'NAME', of: (row: string[]) => row[0]! },
      { title: 'WHAT', of: (row: string[]) => row[1]! },
    ]
    const items = [
      ['名前', 'x'],
      ['a', 'two\nlines'],
    ]
    expect(renderTable(items, columns, { wide: false, width: undefined })).toBe(
      'NAME  WHAT\n名前  x\na     two lines\n',
    )
    expect(renderTable(items, columns, { wide: false, width: 8 })).toBe('NAME  W…\n名前  x\na     t…\n')
  })
})

describe('durations', () => {
  it.each([
    ['500ms', 500],
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1500],
    ['2d', 172_800_000],
  ])('%s is %i ms', (text, milliseconds) => {
    expect(parseDuration(text, '--timeout')).toBe(milliseconds)
  })

  it.each(['', '5', 'm', '-5s', '5 s', '0s', '5s!', 's5'])('%j is none', (text) => {
    expect(() => parseDuration(text, '--timeout')).toThrow(CliError)
  })

  it.each([
    [-5, '0.0 s'],
    [400, '0.4 s'],
    [12_000, '12 s'],
    [180_000, '3 min'],
    [7_200_000, '2 h'],
    [200_000_000, '2 d'],
  ])('%i ms reads %s', (milliseconds, text) => {
    expect(span(milliseconds)).toBe(text)
  })
})

describe('conditions', () => {
  const application = (rest: Partial<Application>): Application =>
    ({ state: 'running', generation: 2, observedGeneration: 2, degraded: false, ...rest }) as Application
  const entity = (path: string, rest: Partial<Entity> = {}): Entity =>
    ({ path, state: 'running', up: true, ...rest }) as Entity
  const sensors = [
    { name: 'load', value: 5, at: 0 },
    { name: 'mode', value: 'fast', at: 0 },
  ]
  const met = (condition: string, snapshot: Partial<Snapshot>, at = ''): boolean =>
    parseCondition(condition).isMet(
      { application: application({}), entities: [entity('')], sensors, ...snapshot },
      at,
    )

  it.each([
    ['running', {}, true],
    ['running', { application: application({ state: 'starting' }) }, false],
    ['running', { application: application({ observedGeneration: 1 }) }, false],
    ['stopped', {}, false],
    ['stopped', { application: application({ state: 'stopped' }) }, true],
    ['destroyed', {}, false],
    ['destroyed', { application: application({ state: 'destroyed' }) }, true],
    ['healthy', {}, true],
    ['healthy', { application: application({ degraded: true }) }, false],
    ['healthy', { entities: [entity(''), entity('web', { up: false })] }, false],
    ['healthy', { entities: [entity('job', { up: false, state: 'completed' })] }, true],
    ['sensor:load<6', {}, true],
    ['sensor:load<=5', {}, true],
    ['sensor:load>5', {}, false],
    ['sensor:load>=5', {}, true],
    ['sensor:load=5', {}, true],
    ['sensor:load!=5', {}, false],
    ['sensor:mode=fast', {}, true],
    ['sensor:mode<9', {}, false],
    ['sensor:absent=1', {}, false],
  ] as const)('%s of %j is %s', (condition, snapshot, expected) => {
    expect(met(condition, snapshot)).toBe(expected)
  })

  it('are of an entity where one is named', () => {
    const entities = [entity(''), entity('web/1', { state: 'failed', up: false }), entity('store')]
    expect([
      met('running', { entities }, 'store'),
      met('running', { entities }, 'web/1'),
      met('running', { entities }, 'web/9'),
    ]).toEqual([true, false, false])
    expect([
      met('healthy', { entities }, 'store'),
      met('destroyed', { entities }, 'web/9'),
      met('destroyed', { entities }, 'store'),
    ]).toEqual([true, true, false])
  })

  it('are met by what is gone only if that is what is waited for', () => {
    const gone = { entities: [], sensors: [] }
    expect(parseCondition('destroyed').isMet(gone, '')).toBe(true)
    expect(parseCondition('running').isMet(gone, '')).toBe(false)
  })

  it.each(['toString', 'constructor', 'sensor:', 'sensor:x', 'Running'])('do not include %s', (text) => {
    expect(() => parseCondition(text)).toThrow(CliError)
  })
})

describe('targets', () => {
  it.each([
    ['shop', { application: 'shop', entity: '' }],
    ['shop/web/1', { application: 'shop', entity: 'web/1' }],
  ])('%s', (text, target) => {
    expect(targetOf(text)).toEqual(target)
  })

  it('have an application', () => {
    expect(() => targetOf('/web')).toThrow('APP')
  })
})

describe('exit codes of refusals', () => {
  it.each([
    [400, 3],
    [401, 77],
    [403, 77],
    [404, 4],
    [409, 1],
    [410, 4],
    [412, 1],
    [413, 3],
    [422, 3],
    [500, 1],
    [503, 1],
  ])('%i ends with %i', (status, exit) => {
    expect(exitOf(status)).toBe(exit)
  })
})

describe('the transport', () => {
  const serve = async (
    answer: Parameters<typeof createServer>[1],
  ): Promise<{ server: Server; url: string }> => {
    const server = createServer(answer)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
  }
  const transport = (url: string): ReturnType<typeof httpTransport> =>
    httpTransport({ server: url, token: 't', timeout: 5000, reconnect: 1, sleep: async () => undefined })

  it.each([
    ['a question', { route: 'getHealth' }, 2],
    [
      'a change with a key',
      { route: 'startApplication', params: { application: 'a' }, headers: { 'idempotency-key': 'k' } },
      2,
    ],
    ['a change without one', { route: 'startApplication', params: { application: 'a' } }, 1],
  ] as const)(
    'sends %s again once when the connection breaks only if that is harmless',
    async (_what, call, times) => {
      let asked = 0
      const { server, url } = await serve((request) => {
        asked += 1
        request.socket.destroy()
      })
      await expect(transport(url).ask(call)).rejects.toMatchObject({ exit: 69 })
      expect(asked).toBe(times)
      server.close()
    },
  )

  it('follows no redirect with its token', async () => {
    const { server, url } = await serve((_request, response) => {
      response.writeHead(302, { location: 'http://elsewhere.invalid/' }).end()
    })
    await expect(transport(url).ask({ route: 'getHealth' })).rejects.toMatchObject({ exit: 69 })
    server.close()
  })

  it('opens a stream that broke again, after the last event it saw', async () => {
    const resumed: (string | undefined)[] = []
    const { server, url } = await serve((request, response) => {
      resumed.push(request.headers['last-event-id'] as string | undefined)
      const revision = resumed.length
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(`: hello\n\nid: ${revision}.1\nevent: entity\ndata: {"revision":${revision}}\n\n`)
      setImmediate(() =>
        revision === 2 ? response.end('event: overflow\ndata: {}\n\n') : request.socket.destroy(),
      )
    })
    const abort = new AbortController()
    const seen: FollowedEvent[] = []
    for await (const item of transport(url).follow({}, { signal: abort.signal })) {
      seen.push(item)
      if (seen.length === 3) break
    }
    abort.abort()
    expect(resumed.slice(0, 3)).toEqual([undefined, '1.1', '2.1'])
    expect(seen.map((item) => item.kind === 'event' && item.event.revision)).toEqual([1, 2, 3])
    server.closeAllConnections()
    server.close()
  })
})
