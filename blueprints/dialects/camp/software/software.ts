import {
  type Expression,
  type FileSpec,
  type HealthSpec,
  type OperationSpec,
  type PhaseName,
  type SoftwareSpec,
} from '../../../../engine/index.js'
import type { TranslationDesk } from '../../../dialect.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { durationOf } from '../../../resolve/amounts.js'
import { readCommandText } from './commands.js'
import { isDsl } from '../language/expressions.js'
import { readEnvironment } from './environment.js'
import { readFileMap, readFiles } from './files.js'
import type { Fields, Key } from '../keys.js'
import { present } from '../../../resolve/present.js'
import { readWorkflow } from '../workflow/read-workflow.js'

/** Milliseconds for a phase that names no limit; a launch has none, a check that of the entity's health. */
const PHASE_TIMEOUT = 300_000

/** Keys that make an entity one with software. */
export const SOFTWARE_KEYS: readonly Key[] = [
  ...(['install', 'customize', 'launch', 'run', 'check', 'stop'] as const),
  ...(['installWorkflow', 'customizeWorkflow', 'launchWorkflow', 'checkWorkflow', 'stopWorkflow'] as const),
]

interface PhaseKeys {
  readonly phase: PhaseName
  readonly command: Key
  readonly before?: Key
  readonly after?: Key
  readonly files: readonly Key[]
  readonly templates: readonly Key[]
}

const PHASES: readonly PhaseKeys[] = [
  {
    phase: 'install',
    command: 'install',
    before: 'preInstall',
    after: 'postInstall',
    files: ['filesPreinstall', 'filesInstall'],
    templates: ['templatesPreinstall', 'templatesInstall'],
  },
  {
    phase: 'customize',
    command: 'customize',
    before: 'preCustomize',
    after: 'postCustomize',
    files: ['filesCustomize'],
    templates: ['templatesCustomize'],
  },
  {
    phase: 'launch',
    command: 'launch',
    before: 'preLaunch',
    after: 'postLaunch',
    files: ['filesRuntime'],
    templates: ['templatesRuntime'],
  },
  { phase: 'check', command: 'check', files: [], templates: [] },
  { phase: 'stop', command: 'stop', files: [], templates: [] },
]

/** What is done on an entity's machine; undefined when nothing is. */
export function readSoftware(fields: Fields, desk: TranslationDesk): SoftwareSpec | undefined {
  const files = readFiles(fields.get('files'), desk)
  const phases: { [phase in PhaseName]?: OperationSpec } = {}
  for (const keys of PHASES) {
    const operation = readPhase(fields, keys, desk)
    if (operation !== undefined) phases[keys.phase] = operation
  }
  placeFixed(files.fixed, phases)
  if (Object.keys(phases).length === 0 && files.live.length === 0) return undefined
  const [install, run] = [fields.get('installDirectory'), fields.get('runDirectory')]
  const software: SoftwareSpec = {
    phases,
    environment: readEnvironment(fields.all('environment'), desk),
    files: files.live,
    ...present({
      reload: operationOf(fields.get('reload'), 'reload', desk),
      installDirectory: install?.text,
      runDirectory: run?.text,
    }),
  }
  const place = (install ?? run)?.place
  return place === undefined ? software : desk.origins.mark(software, place)
}

/** Files go with the launch, or with the last thing that is done before there is none. */
function placeFixed(files: readonly FileSpec[], phases: { [phase in PhaseName]?: OperationSpec }): void {
  if (files.length === 0) return
  const phase =
    (['launch', 'customize', 'install'] as const).find((name) => phases[name] !== undefined) ?? 'install'
  const holder = phases[phase] ?? emptyOperation(phase)
  phases[phase] = { ...holder, files: [...files, ...holder.files] }
}

/** An operation that does nothing yet. */
export function emptyOperation(phase: PhaseName | 'reload'): OperationSpec {
  return {
    files: [],
    environment: {},
    timeout: phase === 'launch' || phase === 'check' ? 0 : PHASE_TIMEOUT,
    outputs: [],
  }
}

function readPhase(fields: Fields, keys: PhaseKeys, desk: TranslationDesk): OperationSpec | undefined {
  const plain = (key: Key | undefined): Expression | undefined => {
    const node = key === undefined ? undefined : fields.get(key)
    return node === undefined ? undefined : readCommandText(node, desk)
  }
  const command = fields.get(keys.command) ?? (keys.phase === 'launch' ? fields.get('run') : undefined)
  const own = withWorkflow(operationOf(command, keys.phase, desk), fields, keys.phase, desk)
  const around = present({ before: plain(keys.before), after: plain(keys.after) })
  const files: readonly FileSpec[] = [
    ...keys.files.flatMap((key) => readFileMap(fields.get(key), false, desk)),
    ...keys.templates.flatMap((key) => readFileMap(fields.get(key), true, desk)),
  ]
  if (own === undefined && Object.keys(around).length === 0 && files.length === 0) return undefined
  const operation = own ?? emptyOperation(keys.phase)
  return { ...operation, files: [...files, ...operation.files], ...around }
}

const WORKFLOWS: { readonly [phase in PhaseName]: Key } = {
  install: 'installWorkflow',
  customize: 'customizeWorkflow',
  launch: 'launchWorkflow',
  check: 'checkWorkflow',
  stop: 'stopWorkflow',
}

/** A phase is done by a command or by a workflow. */
function withWorkflow(
  operation: OperationSpec | undefined,
  fields: Fields,
  phase: PhaseName,
  desk: TranslationDesk,
): OperationSpec | undefined {
  const node = fields.get(WORKFLOWS[phase])
  if (node === undefined) return operation
  if (operation?.command !== undefined)
    desk.reportAt('BP1503', `${phase} is done by a command and by a workflow`, node.keyPlace, {
      pointer: node.pointer,
      hint: 'keep one of them',
    })
  return { ...(operation ?? emptyOperation(phase)), workflow: readWorkflow(node, desk, { keys: [] }) }
}

/** Milliseconds between two checks by a workflow, which is recorded each time. */
const CHECK_PERIOD = 5_000

/** How often health is asked for where nobody says it; undefined where the usual holds. */
export function healthOf(software: SoftwareSpec | undefined): HealthSpec | undefined {
  if (software?.phases.check?.workflow === undefined) return undefined
  return { period: CHECK_PERIOD, timeout: 2_000, failures: 3, grace: 0 }
}

/** A command by itself, or a map with what belongs to it. Commands are never templates: a shell reads them. */
function operationOf(
  node: DocumentNode | undefined,
  phase: PhaseName | 'reload',
  desk: TranslationDesk,
): OperationSpec | undefined {
  if (node === undefined) return undefined
  const base = emptyOperation(phase)
  if (!node.isMap || isDsl(node)) return { ...base, command: readCommandText(node, desk) }
  const environment = node.get('environment')
  const expression = (key: 'command' | 'before' | 'after'): { readonly [name: string]: Expression } => {
    const found = node.get(key)
    return found === undefined ? {} : { [key]: readCommandText(found, desk) }
  }
  return {
    ...expression('before'),
    ...expression('command'),
    ...expression('after'),
    files: readFiles(node.get('files'), desk).fixed,
    environment: readEnvironment(environment === undefined ? [] : [environment], desk),
    timeout: durationOf(node.get('timeout')?.value) ?? base.timeout,
    outputs: (node.get('outputs')?.items() ?? []).flatMap((item) => item.text ?? []),
  }
}
