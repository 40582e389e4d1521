import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/eventually.js'
import { type WholeServer, startWholeServer } from '../support/whole-server.js'

let server: WholeServer
/** What no command may have made. */
let mark = ''
let texts: readonly string[] = []
let run = ''

/** Texts that mean something to a shell, to printf, to options, to templates, or to the supervisor's own lines. */
function hostileTexts(file: string): readonly string[] {
  return [
    `$(touch ${file})`,
    `\`touch ${file}\``,
    `'; touch ${file}; '`,
    `" && touch ${file} && "`,
    `\\'; touch ${file} #`,
    `line\ntouch ${file}\nEND\nEOF\n`,
    `payload\nscript 'touch ${file}'\n`,
    `\${IFS}$(touch\${IFS}${file})`,
    `| touch ${file} & > ${file}`,
    '--help',
    '-rf /',
    '-',
    '',
    ' ',
    '\n',
    'ends with lines\n\n\n',
    '\t tab \r\n and return \r',
    '$HOME ${PATH} $0 $$ $?',
    '%s%n%d\\n\\0\\x41\\c',
    '* ? [a-z] {a,b} ~ !! ^x',
    '\\',
    "'",
    '"',
    'é ☃ 😀 \u2028',
  ]
}

/** Texts that a template could take for its own, given where none is expected. */
const TEMPLATES = ["{{ process.env.HOME }}{% include '/etc/passwd' %}", '{% raw %}', '$brooklyn:config("x")']

const quoted = (text: string): string => JSON.stringify(text).replaceAll('\u2028', '\\u2028')

function documentOf(values: readonly string[], config: string): string {
  const variables = values.map((value, at) => `      V${at}: ${quoted(value)}`)
  const files = values.map((value, at) => `      - { path: f${at}.txt, content: ${quoted(value)} }`)
  return [
    'name: Verbatim',
    `description: ${quoted(config)}`,
    `details: { note: ${quoted(config)} }`,
    'location: local',
    'parameters: [{ name: given }]',
    'roles:',
    '  - name: echo',
    '    count: { initial: 1, min: 1, max: 2 }',
    `    config: { text: ${quoted(config)} }`,
    '    environment:',
    ...variables,
    "      GIVEN: '{{ parameters.given }}'",
    "      CONFIG: '{{ config.text }}'",
    '    files:',
    ...files,
    "      - { path: config.txt, template: '{{ config.text }}' }",
    "      - { path: given.txt, template: '{{ parameters.given }}' }",
    '      - sent.txt',
    '      - { path: deep/conf.d/a@b+c.txt, from: "$(touch x); y.txt" }',
    '    launch: env -0 >env.new; mv env.new env.bin; exec sleep 100000',
    '    effectors:',
    '      tell: { command: \'printf %s "$WORDS"\', parameters: [{ name: WORDS }] }',
    '',
  ].join('\n')
}

beforeAll(async () => {
  server = await startWholeServer(24_200)
  mark = join(server.folder, 'executed')
  texts = hostileTexts(mark)
  const json = {
    document: documentOf(texts, texts.join('')),
    files: { 'sent.txt': texts.join(''), '$(touch x); y.txt': texts.join('') },
    parameters: { given: [...texts, ...TEMPLATES].join('') },
  }
  const deployed = await server.ask('POST', '/v1/applications', {
    json,
    headers: { 'idempotency-key': `$(touch>${mark})` },
  })
  expect([deployed.status, deployed.said]).toEqual([202, expect.any(String)])
  await eventually('it runs', async () => (await application()).state === 'running', 20_000)
  const machines = join(server.data, 'local', 'default', 'local', 'machines')
  run = join(machines, readdirSync(machines)[0] ?? '', 'run')
  await eventually('its program has told what it was given', () => existsSync(join(run, 'env.bin')))
})

afterAll(async () => {
  await server.ask('DELETE', '/v1/applications/Verbatim?force=true')
  await eventually('it is gone', async () => (await application()).code === 'gone', 20_000)
  await server.close()
})

describe('text that a shell would understand', () => {
  it('reaches a program by its environment as it was written', () => {
    const environment = environmentOf(readFileSync(join(run, 'env.bin'), 'utf8'))
    expect(texts.map((_, at) => environment.get(`V${at}`))).toEqual(texts)
  })

  it('reaches a program by a template as it was given, and is no template itself', () => {
    const environment = environmentOf(readFileSync(join(run, 'env.bin'), 'utf8'))
    expect(environment.get('CONFIG')).toBe(texts.join(''))
    expect(environment.get('GIVEN')).toBe([...texts, ...TEMPLATES].join(''))
    expect(fileText('given.txt')).toBe([...texts, ...TEMPLATES].join(''))
    expect(fileText('config.txt')).toBe(texts.join(''))
  })

  it('is in a file as it was written', () => {
    expect(texts.map((_, at) => fileText(`f${at}.txt`))).toEqual(texts)
    expect(fileText('sent.txt')).toBe(texts.join(''))
    expect(fileText('deep/conf.d/a@b+c.txt')).toBe(texts.join(''))
  })

  it('is a word of a command, and its standard input, as it was sent', async () => {
    const words = await exec({ command: ['printf', '%s\\0', ...texts] })
    expect(words.stdout.split('\0').slice(0, -1)).toEqual(texts)
    const piped = await exec({ command: ['cat'], stdin: texts.join('') })
    expect(piped.stdout).toBe(texts.join(''))
  })

  it.each(hostileTexts('executed').map((_text, at) => at))(
    'is what an effector is given, number %i',
    async (at) => {
      const text = texts[at] ?? ''
      const invoked = await server.ask('POST', `${ECHO}/effectors/tell`, {
        json: { parameters: { WORDS: text } },
      })
      expect(invoked.status).toBe(202)
      const id = invoked.body.task?.id ?? invoked.body.id
      const task = await eventually('it has ended', async () => {
        const { body } = await server.ask('GET', `/v1/tasks/${id}`)
        return body.state === 'running' ? undefined : body
      })
      expect([task.state, task.streams?.stdout]).toEqual(['succeeded', text])
    },
  )

  it('is kept as the reason and the note of a change', async () => {
    const reason = texts.join('').slice(0, 1_000)
    const scaled = await server.ask('POST', '/v1/applications/Verbatim/roles/echo/scale', {
      json: { count: 2, reason },
    })
    expect(scaled.body.task.reason).toBe(reason)
    const { description, details } = await application()
    expect([description, details['note']]).toEqual([texts.join(''), texts.join('')])
  })

  it('has executed nothing', () => {
    expect(existsSync(mark)).toBe(false)
    expect(existsSync(join(run, 'x'))).toBe(false)
  })
})

const ECHO = '/v1/applications/Verbatim/entities/echo%2F1'

async function application(): Promise<{
  readonly state?: string
  readonly code?: string
  readonly description?: string
  readonly details: { readonly [key: string]: string }
}> {
  return (await server.ask('GET', '/v1/applications/Verbatim')).body
}

async function exec(json: object): Promise<{ readonly stdout: string }> {
  const answer = await server.ask('POST', `${ECHO}/exec`, { json })
  expect([answer.status, answer.body.exitCode]).toEqual([200, 0])
  return answer.body
}

function fileText(path: string): string {
  return readFileSync(join(run, path), 'utf8')
}

function environmentOf(text: string): ReadonlyMap<string, string> {
  const entries = text.split('\0').filter((entry) => entry !== '')
  return new Map(
    entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  )
}
