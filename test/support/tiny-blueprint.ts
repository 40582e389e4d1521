import {
  DEFAULT_MEMBERS,
  DEFAULT_SETTINGS,
  newEntity,
  type ApplicationSpec,
  type EntitySpec,
  type Problem,
} from '../../engine/index.js'
import type { Compile, Compiled } from '../../server/handlers/index.js'

/**
 * A compiler for tests of the faces: one line for each thing. `name: shop`, `role: web 1..6 3`, perhaps with the name of a policy after it, `file: web.js`; any
 * other line is a problem at its place. The real one is tested where it lives.
 */
export const compileTiny: Compile = ({ main, files }, { parameters, compat = false }): Compiled => {
  const lines = main.text.split('\n').map((text, at) => ({ text: text.trim(), line: at + 1 }))
  const told = lines.filter(({ text }) => text !== '' && !text.startsWith('#'))
  const problems = told
    .filter(({ text }) => !LINE.test(text))
    .map(({ text, line }) => problemAt(main.file, { text, line }, compat ? 'warning' : 'error'))
  if (problems.length > 0 && !compat) return { kind: 'problems', problems }
  const values = (key: string): string[] =>
    told.flatMap(({ text }) => (text.startsWith(`${key}: `) ? [text.slice(key.length + 2)] : []))
  const missing = values('file').filter((path) => !Object.hasOwn(files, path))
  if (missing.length > 0) return { kind: 'missing', files: missing }
  const given = parameters['name']
  const name = typeof given === 'string' ? given : (values('name')[0] ?? 'shop')
  const spec: ApplicationSpec = {
    kind: 'application',
    name,
    details: {
      files: values('file')
        .map((path) => files[path])
        .join(','),
    },
    root: { ...entity('root', 'application'), children: values('role').map(roleOf) },
    networks: [],
    outputs: {},
    settings: DEFAULT_SETTINGS,
    dialect: 'tiny',
  }
  return { kind: 'compiled', spec, problems }
}

/** A document that compiles. */
export const SHOP = 'name: shop\nrole: store 1..1 1\nrole: web 1..6 3\n'

const LINE = /^(name|role|file): /

function problemAt(
  file: string,
  { text, line }: { readonly text: string; readonly line: number },
  severity: Problem['severity'],
): Problem {
  const key = text.split(':')[0] ?? text
  return {
    kind: 'problem',
    code: 'BP1103',
    severity,
    message: `unknown key "${key}"`,
    file,
    range: { start: { line, column: 1 }, end: { line, column: key.length + 1 } },
    hint: 'did you mean "name"?',
    fix: {
      title: 'Write "name"',
      edits: [{ range: { start: { line, column: 1 }, end: { line, column: key.length + 1 } }, text: 'name' }],
    },
  }
}

function roleOf(text: string): EntitySpec {
  const [name = '', bounds = '1..1', initial = '1', ...policies] = text.split(' ')
  const [min = 1, max = 1] = bounds.split('..').map(Number)
  if (max === 1) return { ...entity(name, 'software'), role: name }
  return {
    ...entity(name, 'role'),
    role: name,
    policies: policies.map((one) => ({ name: one, type: 'autoscale', config: {} })),
    members: {
      initial: Number(initial),
      min,
      max,
      spec: entity(name, 'software'),
      ...DEFAULT_MEMBERS,
      runningQuorum: { kind: 'at-least-one' },
      victims: 'newest',
    },
  }
}

function entity(name: string, type: string): EntitySpec {
  return newEntity({ type, name })
}
