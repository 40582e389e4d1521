import type {
  BalanceSpec,
  Expression,
  JsonObject,
  MachineSpec,
  OperationSpec,
  SoftwareSpec,
} from '../../../../engine/index.js'
import { BALANCER_PROGRAMS, listensOn } from '../../../balancers/programs.js'
import type { TranslationDesk } from '../../../dialect.js'
import { numberAt, textAt } from '../../../read/document-node.js'
import { FILE_MODE } from '../../../resolve/defaults.js'
import { present } from '../../../resolve/present.js'
import { readReference } from '../language/entities.js'
import { isDsl } from '../language/expressions.js'
import { closed, text } from '../forms.js'
import type { Fields } from '../keys.js'

const ALGORITHMS = ['round-robin', 'least-connections', 'source'] as const
const BALANCERS = ['place', 'haproxy', 'nginx', 'software'] as const

/** Form of the key `balance`. */
export const BALANCE_FORM: JsonObject = closed({
  of: text,
  port: text,
  listen: { type: 'integer', minimum: 1, maximum: 65_535 },
  algorithm: { enum: [...ALGORITHMS] },
  by: { enum: [...BALANCERS] },
  scheme: { type: 'string', pattern: '^[a-z][a-z0-9+.-]*$', description: 'a scheme such as http' },
})

/** Over whom the traffic to an entity is spread, and by whom: by its place, where nothing else is said. */
export function readBalance(fields: Fields, desk: TranslationDesk): BalanceSpec | undefined {
  const node = fields.get('balance')
  if (node?.isMap !== true) return undefined
  const by = among(BALANCERS, textAt(node, 'by'))
  const needed = by === 'software' ? NEEDED.slice(0, 1) : NEEDED
  const missing = needed.filter((one) => node.get(one) === undefined)
  for (const key of missing)
    desk.report('BP1104', `"balance" needs the key "${key}"`, node, { hint: `add "${key}:"` })
  const of = node.get('of')
  if (of === undefined || missing.length > 0) return undefined
  const algorithm = among(ALGORITHMS, textAt(node, 'algorithm'))
  const balance: BalanceSpec = {
    of: isDsl(of) ? readReference(of, desk) : (of.text ?? ''),
    ...present({ port: textAt(node, 'port'), listen: numberAt(node, 'listen') }),
    algorithm,
    by,
    ...present({ scheme: textAt(node, 'scheme') }),
  }
  return desk.origins.mark(balance, of.place)
}

/** Whether it is software on a machine of the entity that spreads. */
export function hasBalancer(fields: Fields): boolean {
  const by = fields.get('balance')?.get('by')?.text
  return by === 'haproxy' || by === 'nginx' || by === 'software'
}

const NEEDED = ['of', 'port', 'listen'] as const

/** The word itself, or the first of all where none is said. */
function among<T extends string>(words: readonly [T, ...T[]], word: string | undefined): T {
  return words.find((one) => one === word) ?? words[0]
}

/** What its place spreads has no machine: a key that asks for one, or a type that has one, is a mistake. */
export function reportMachine(fields: Fields, desk: TranslationDesk): void {
  const node = fields.get('balance') ?? fields.node
  desk.reportAt('BP1207', 'an entity whose place spreads its traffic has no machine', node.keyPlace, {
    pointer: node.pointer,
    hint: 'say "by: haproxy", "by: nginx" or "by: software", or leave out "type" and all that is about a machine',
  })
}

/** A machine with the port that its balancer listens on, where it names none of its own. */
export function withListener(machine: MachineSpec, { listen, scheme }: BalanceSpec): MachineSpec {
  if (machine.ports.length > 0 || listen === undefined) return machine
  const port = {
    name: 'listen',
    number: listen,
    protocol: 'tcp',
    published: true,
    ...present({ scheme }),
  } as const
  return { ...machine, ports: [port] }
}

/**
 * The software of a balancer: what its author says, and by default how it is launched, configured, told of changes, and found
 * to be up.
 */
export function balancerSoftware(
  own: SoftwareSpec | undefined,
  { by, listen }: BalanceSpec,
): SoftwareSpec | undefined {
  if (by === 'place' || by === 'software') return own
  const { launch, reload, path } = BALANCER_PROGRAMS[by]
  const { phases, ...given } = own ?? { phases: {}, environment: {}, files: [] }
  return {
    ...given,
    phases: {
      ...phases,
      launch: phases.launch ?? operation(launch, 0),
      ...(listen === undefined ? {} : { check: phases.check ?? operation(listensOn(listen), CHECK_TIMEOUT) }),
    },
    files: [...given.files, { path, content: configOf(by), mode: FILE_MODE }],
    reload: given.reload ?? operation(reload, RELOAD_TIMEOUT),
  }
}

/** Milliseconds for a reload, and for a look whether it listens. */
const RELOAD_TIMEOUT = 60_000
const CHECK_TIMEOUT = 5_000

/** Its configuration, rendered anew whenever the set is another one. */
function configOf(by: 'haproxy' | 'nginx'): Expression {
  const set: Expression = { kind: 'sensor', of: { scope: 'self' }, sensor: 'backends', whenReady: false }
  return { kind: 'template', text: `{{ set | ${by} }}`, bindings: { set } }
}

function operation(command: string, timeout: number): OperationSpec {
  return { command: { kind: 'literal', value: command }, files: [], environment: {}, timeout, outputs: [] }
}
