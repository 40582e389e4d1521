import {
  type EntitySpec,
  type Expression,
  type GateSpec,
  type HealthSpec,
  type OperationSpec,
  type PhaseName,
  type SoftwareSpec,
  literal,
} from '../../../../engine/index.js'
import type { TranslationDesk } from '../../../dialect.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { durationOf } from '../../../resolve/amounts.js'
import { DEFAULT_HEALTH } from '../../../resolve/defaults.js'
import { present } from '../../../resolve/present.js'
import { normalName, suggestionFor } from '../../../suggest.js'
import { quoted } from './commands.js'
import { readExpression } from '../language/expressions.js'
import type { Fields, Key } from '../keys.js'
import { IDLE_KEYS } from './process-forms.js'
import {
  AWAIT_PID,
  DOWNLOAD,
  PID_FILE,
  UNPACK,
  adoptWhile,
  ONLY_ONCE,
  skippedWhile,
  EXPAND,
  HAS_LAUNCHED,
  LAUNCH_BEGINS,
  LAUNCH_ENDS,
} from './process-scripts.js'
import { emptyOperation } from './software.js'

/** How an entity with software is looked at while it starts, as Brooklyn's keys say it. */
export function startLimits(
  health: HealthSpec | undefined,
  fields: Fields,
  software: SoftwareSpec | undefined,
): HealthSpec | undefined {
  const isLeft = health === undefined && leavesPid(software?.phases ?? {})
  const limits = {
    ...(isLeft ? PROCESS_HEALTH : {}),
    ...present({
      grace: durationOf(fields.get('startTimeout')?.value),
      period: durationOf(fields.get('runningPeriod')?.value),
    }),
  }
  return Object.keys(limits).length === 0 ? health : { ...DEFAULT_HEALTH, ...health, ...limits }
}

/**
 * How a service that leaves the id of its process is looked at where nothing is said.
 *
 * @source Brooklyn's defaults of start.timeout and softwareProcess.serviceProcessIsRunningPollPeriod
 */
const PROCESS_HEALTH = { grace: 120_000, period: 5_000 } as const

/**
 * The children of software as its mode says: with it, or after it is up. Software is up by itself, so it never waits for its
 * children; and there are no children that are not started.
 */
export function startedAs(
  children: readonly EntitySpec[],
  fields: Fields,
  desk: TranslationDesk,
): readonly EntitySpec[] {
  const node = fields.get('childrenMode')
  if (node?.text === undefined) return children
  const mode = normalName(node.text)
  if (mode === 'foregroundlate' || mode === 'backgroundlate')
    return children.map((child) => after(child, node, desk))
  if (mode === 'none')
    desk.report('BP1241', '"none" has no effect here: what is inside of it is started', node, {
      severity: 'warning',
      hint: 'start it after its parent with "foreground_late", or leave it out of the document',
    })
  else if (mode !== 'foreground' && mode !== 'background') {
    const hint = suggestionFor(node.text, CHILD_MODES) ?? `write one of ${CHILD_MODES.join(', ')}`
    desk.report('BP1105', `children cannot be started "${node.text}"`, node, { hint })
  }
  return children
}

const CHILD_MODES = ['none', 'foreground', 'foreground_late', 'background', 'background_late'] as const

/** Nothing is made of it before what it is inside of is up. */
function after(child: EntitySpec, mode: DocumentNode, desk: TranslationDesk): EntitySpec {
  const gate: GateSpec = { name: mode.key, stage: 'make', condition: PARENT_IS_UP }
  return { ...child, gates: [...(child.gates ?? []), desk.origins.mark(gate, mode.place)] }
}

const PARENT_IS_UP: Expression = {
  kind: 'sensor',
  of: { scope: 'parent' },
  sensor: 'service.isUp',
  whenReady: true,
}

type Phases = { readonly [phase in PhaseName]?: OperationSpec }

/**
 * Software with what Brooklyn's keys of processes say about it: what is fetched before it is installed, what is skipped,
 * where it is, and the file that tells the id of its process.
 */
export function asProcess(
  written: SoftwareSpec | undefined,
  fields: Fields,
  desk: TranslationDesk,
): SoftwareSpec | undefined {
  reportIdle(fields, desk)
  const base = written ?? (fields.hasAny('downloadUrl') ? NO_SOFTWARE : undefined)
  if (base === undefined) return undefined
  const process = new Process(fields, desk)
  const phases = process.skipping(process.once(process.withPid(process.downloading(base.phases))))
  const { installDirectory = process.installDirectory(), ...rest } = base
  const software = { ...rest, phases, ...present({ installDirectory }) }
  const place = desk.origins.of(base)
  return place === undefined ? software : desk.origins.mark(software, place)
}

const NO_SOFTWARE: SoftwareSpec = { phases: {}, environment: {}, files: [] }

function reportIdle(fields: Fields, desk: TranslationDesk): void {
  for (const [key, reason] of Object.entries(IDLE_KEYS)) {
    for (const node of fields.all(key as Key))
      desk.reportAt('BP1241', `"${node.key}" has no effect here`, node.keyPlace, {
        severity: 'warning',
        pointer: node.pointer,
        hint: reason,
      })
  }
}

class Process {
  readonly #fields: Fields
  readonly #desk: TranslationDesk

  constructor(fields: Fields, desk: TranslationDesk) {
    this.#fields = fields
    this.#desk = desk
  }

  /** Where installations are, each under its label, where a directory for all of them is named. */
  installDirectory(): string | undefined {
    const base = this.#fields.get('onboxBase')?.text
    if (base === undefined) return undefined
    const label = this.#fields.get('installLabel')?.text ?? this.#fields.node.get('id')?.text ?? 'software'
    return `${base.replace(/\/+$/, '')}/installs/${label}`
  }

  /** Fetched into the install directory before anything is installed, and unpacked where it is to run. */
  downloading(phases: Phases): Phases {
    const url = this.#fields.get('downloadUrl')
    if (url === undefined) return phases
    const environment = { DOWNLOAD_URL: this.#url(url), ...this.#expanded() }
    const told = (phase: 'install' | 'customize', script: string): OperationSpec => {
      const operation = phases[phase] ?? emptyOperation(phase)
      return before(script, { ...operation, environment: { ...environment, ...operation.environment } })
    }
    return {
      launch: { ...emptyOperation('launch'), command: literal('./start.sh') },
      ...phases,
      install: told('install', 'EXPANDED' in environment ? `${DOWNLOAD}\n${EXPAND}` : DOWNLOAD),
      customize: told('customize', UNPACK),
    }
  }

  /** Brooklyn fills the version into an address, and nothing else that is known here. */
  #url(node: DocumentNode): Expression {
    const version: Expression = { kind: 'config', of: { scope: 'self' }, key: 'install.version' }
    return withVersion(node.text, VERSION, version) ?? readExpression(node, this.#desk)
  }

  /** The directory that the archive makes, by its own name or by a pattern with the version in it. */
  #expanded(): { readonly EXPANDED?: Expression } {
    const [directory, name] = [this.#fields.get('expandedDirectory'), this.#fields.get('archiveName')]
    if (directory !== undefined) return { EXPANDED: readExpression(directory, this.#desk) }
    if (name === undefined) return {}
    const version: Expression = { kind: 'config', of: { scope: 'self' }, key: 'install.version' }
    return { EXPANDED: withVersion(name.text, /%s/g, version) ?? readExpression(name, this.#desk) }
  }

  /**
   * Whoever names the file gets it. A service that leaves its id there is up once the launch has ended, and runs for as
   * long as that process does.
   */
  withPid(phases: Phases): Phases {
    if (!leavesPid(phases)) return phases
    const told = Object.entries(phases).map(
      ([phase, operation]) => [phase, before(PID_FILE, operation)] as const,
    )
    const known: Phases = Object.fromEntries(told)
    const { launch, check = { ...emptyOperation('check'), command: literal('true') } } = known
    if (launch === undefined || launch.workflow !== undefined) return known
    return {
      ...known,
      launch: ending(before(LAUNCH_BEGINS, launch), `${LAUNCH_ENDS}\n${AWAIT_PID}`),
      check: before(HAS_LAUNCHED, check),
    }
  }

  /** An installation under a label is not made where one under the same label is. */
  once(phases: Phases): Phases {
    const label = this.#fields.get('installLabel')
    const { install } = phases
    if (label === undefined || install === undefined) return phases
    const environment = { ...install.environment, INSTALL_LABEL: readExpression(label, this.#desk) }
    const [first, last] = ONLY_ONCE
    return { ...phases, install: ending(before(first, { ...install, environment }), last) }
  }

  skipping(phases: Phases): Phases {
    const { install, customize, launch, check, ...others } = this.#whileRunning(phases)
    const isAsked = this.#fields.get('runningAsked')?.flag ?? true
    const whole = this.#isSkipped('skipStart')
    return {
      ...others,
      ...present({
        install: whole || this.#isSkipped('skipInstall') ? undefined : install,
        customize: whole ? undefined : customize,
        launch: whole ? undefined : launch,
        check: isAsked ? check : undefined,
      }),
    }
  }

  /** What runs already is left as it is, and looked at for as long as it does. */
  #whileRunning(phases: Phases): Phases {
    const check = textOf(phases.check?.command)
    if (!this.#isSkipped('skipStartIfRunning')) return phases
    if (check === undefined) {
      const node = this.#fields.get('skipStartIfRunning')
      const hint = 'add "checkRunning.command:", by which it is known whether it runs'
      if (node !== undefined)
        this.#desk.report('BP1104', `"${node.key}" needs a command that checks`, node, { hint })
      return phases
    }
    const runs = `sh -e -c ${quoted(check)}`
    const { install, customize, launch } = phases
    return {
      ...phases,
      ...present({
        install: install === undefined ? undefined : before(skippedWhile(runs), install),
        customize: customize === undefined ? undefined : before(skippedWhile(runs), customize),
        launch: launch === undefined ? undefined : before(adoptWhile(runs), launch),
      }),
    }
  }

  #isSkipped(key: 'skipStart' | 'skipInstall' | 'skipStartIfRunning'): boolean {
    const node = this.#fields.get(key)
    const said = node?.flag ?? node?.text?.toLowerCase()
    if (node === undefined || said === false || said === 'false') return false
    if (said === true || said === 'true') return true
    this.#desk.report('BP1105', `"${node.key}" is true or false when the document is read`, node, {
      hint: 'write true or false',
    })
    return false
  }
}

const VERSION = /\$\{version\}/g

/** A text with the version put in wherever the pattern is; undefined where it is none. */
function withVersion(text: string | undefined, pattern: RegExp, version: Expression): Expression | undefined {
  if (text === undefined || text.startsWith('$brooklyn:')) return undefined
  const parts = text.split(pattern)
  if (parts.length === 1) return literal(text)
  const escaped = parts.map((part) => part.replaceAll('%', '%%')).join('%s')
  return { kind: 'format', pattern: escaped, arguments: parts.slice(1).map(() => version) }
}

function leavesPid(phases: Phases): boolean {
  return Object.values(phases).some(mentionsPid)
}

function mentionsPid({ before: first, command, after: last }: OperationSpec): boolean {
  return [first, command, last].some((part) => part !== undefined && NAMES_PID.test(JSON.stringify(part)))
}

/** The very name, and not one that ends with it. */
const NAMES_PID = /\bPID_FILE\b/

function textOf(expression: Expression | undefined): string | undefined {
  return expression?.kind === 'literal' && typeof expression.value === 'string' ? expression.value : undefined
}

/** A workflow is done in place of commands, and has none before or after it. */
function before(script: string, operation: OperationSpec): OperationSpec {
  if (operation.workflow !== undefined) return operation
  const text = textOf(operation.before)
  if (operation.before === undefined) return { ...operation, before: literal(script) }
  if (text !== undefined) return { ...operation, before: literal(`${script}\n${text}`) }
  const pattern = `${script.replaceAll('%', '%%')}\n%s`
  return { ...operation, before: { kind: 'format', pattern, arguments: [operation.before] } }
}

function ending(operation: OperationSpec, script: string): OperationSpec {
  if (operation.workflow !== undefined) return operation
  const text = textOf(operation.after)
  if (operation.after === undefined) return { ...operation, after: literal(script) }
  if (text !== undefined) return { ...operation, after: literal(`${text}\n${script}`) }
  const pattern = `%s\n${script.replaceAll('%', '%%')}`
  return { ...operation, after: { kind: 'format', pattern, arguments: [operation.after] } }
}
