import {
  Secret,
  type MachineFile,
  type MachineShape,
  type ResourceShape,
  type ResourceWant,
  type RunRequest,
} from '../../engine/index.js'
import type {
  Fate,
  LedgerCommand,
  LedgerExec,
  LedgerFile,
  LedgerRun,
  LedgerShape,
  LedgerWant,
} from './ledger.js'
import type { CallRule } from './script.js'

/** A wish as the far end takes it, bent by a rule. Here the text of secrets leaves us. */
export function ledgerWant(want: ResourceWant, boot: number, rule: CallRule | undefined): LedgerWant {
  const { token, name, marks, generation, shape } = want
  const delay = rule?.delay ?? 0
  const longer = rule?.effect === 'slow' || rule?.effect === 'fail' ? delay : 0
  return {
    token,
    name,
    marks,
    generation,
    shape: ledgerShape(shape, want),
    takes: longer + (shape.kind === 'machine' ? boot : 0),
    hidden: rule?.effect === 'hide' ? delay : 0,
    ...failing(rule),
  }
}

/** Work as the far end takes it, bent by a rule. Here the text of secrets leaves us. */
export function ledgerRun(request: RunRequest, takes: number, rule: CallRule | undefined): LedgerRun {
  const { token, digest, mode, generation, label, script, timeout } = request
  const fate = fateOf(rule)
  return {
    token,
    digest,
    mode,
    generation,
    label,
    script,
    timeout,
    environment: clearMap(request.environment),
    files: request.files.length === 0 ? NO_FILES : clearFiles(request.files),
    takes: takes + (rule?.effect === 'slow' ? (rule.delay ?? 0) : 0),
    ...(fate === undefined ? {} : { fate }),
  }
}

/** How a run or command ends where a rule says so. */
function fateOf(rule: CallRule | undefined): Fate | undefined {
  if (rule?.effect !== 'answer' && rule?.effect !== 'fail') return undefined
  const { delay = 0, exitCode = rule.effect === 'fail' ? 1 : 0, stdout = '', stderr = '' } = rule
  return { after: delay, exitCode, stdout, stderr }
}

/** What a command comes to where a rule says so. */
export function executed(rule: CallRule | undefined): LedgerExec | undefined {
  const fate = fateOf(rule)
  if (fate === undefined) return undefined
  const { after, exitCode, stdout, stderr } = fate
  return { kind: 'done', takes: after, exitCode, stdout, stderr }
}

/** Files in the clear. */
export function clearFiles(files: readonly MachineFile[]): readonly LedgerFile[] {
  return files.map(({ path, content, mode }) => ({ path, content: clear(content), mode }))
}

function failing(rule: CallRule | undefined): Pick<LedgerWant, 'fails'> {
  return rule?.effect === 'fail' ? { fails: rule.reason ?? 'failed midway, by script' } : {}
}

const NO_FILES: readonly LedgerFile[] = Object.freeze([])

function ledgerShape(shape: ResourceShape, want: ResourceWant): LedgerShape {
  if (shape.kind === 'backends') return shape
  if (shape.kind !== 'machine') return { kind: shape.kind }
  const { cores, memory, ports, networks, volumes, addresses, rules, zone, hostsSoftware } = shape
  const own = ownCommand(shape)
  return {
    kind: 'machine',
    role: shape.aliases.at(-1) ?? want.marks.entity,
    ports,
    networks,
    volumes,
    addresses,
    rules,
    hostsSoftware,
    ...(cores === undefined ? {} : { cores }),
    ...(memory === undefined ? {} : { memory }),
    ...(zone === undefined ? {} : { zone }),
    ...(own === undefined ? {} : { own }),
  }
}

/** An image is nothing here: what runs is what the wish says, and what it says nothing of ends at once where it is to end. */
function ownCommand(shape: MachineShape): LedgerCommand | undefined {
  const { command, entrypoint, script, finite, hostsSoftware } = shape
  const isSaid = command !== undefined || entrypoint !== undefined || script !== undefined
  if (hostsSoftware || (!isSaid && finite !== true)) return undefined
  return {
    words: script === undefined ? [...(entrypoint ?? []), ...(command ?? [])] : ['sh', '-c', script],
    environment: clearMap(shape.environment),
    ...(finite === undefined ? {} : { finite }),
  }
}

function clearMap(values: { readonly [name: string]: string | Secret }): { readonly [name: string]: string } {
  const entries = Object.entries(values)
  return entries.length === 0
    ? NO_NAMES
    : Object.fromEntries(entries.map(([name, value]) => [name, clear(value)]))
}

const NO_NAMES: { readonly [name: string]: string } = Object.freeze({})

function clear(value: string | Secret): string {
  return value instanceof Secret ? value.reveal() : value
}
