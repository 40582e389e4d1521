import type { TaskRecord } from '../../task/task.js'
import { isJsonObject, type Json } from '../../support/json.js'
import type { ContainerRequest, EffectAnswer, OpenEffect, RunRecord } from '../../workflow/run-record.js'
import { isTreeRequest } from '../../workflow/tree-request.js'

/** Characters of each stream that a task shows. */
const SHOWN = 32_768

/** The task that stands for a run, as the run stands. */
export function runTask(run: RunRecord): TaskRecord {
  const { tenant, application, entity, by, reason, startedAt, parent } = run
  const state = run.state === 'cancelled' ? 'superseded' : run.state
  return {
    kind: 'task',
    id: run.task,
    tenant,
    application,
    entity,
    name: run.name,
    ...(parent === undefined ? {} : { parent: parent.token }),
    by,
    reason,
    state,
    startedAt,
    ...(run.endedAt === undefined ? {} : { endedAt: run.endedAt }),
    ...(run.error === undefined ? {} : { failure: run.error.failure }),
  }
}

/** The task of something that a run has announced. */
export function effectTask(run: RunRecord, { token, request, announcedAt }: OpenEffect): TaskRecord {
  const { tenant, application, by } = run
  const common = { kind: 'task', id: token, tenant, application, by, parent: run.task } as const
  const { entity } = request
  const about = { entity, reason: `a step of ${run.name}`, startedAt: announcedAt, state: 'running' } as const
  if (isTreeRequest(request)) return { ...common, ...about, name: request.kind }
  if (request.kind === 'invoke') return { ...common, ...about, name: request.effector }
  if (request.kind === 'http') {
    const stdin = `${request.method} ${shown(request.url)}`
    return { ...common, ...about, name: 'http', streams: { stdin, stdout: '', stderr: '', environment: {} } }
  }
  const script = typeof request.script === 'string' ? request.script.slice(0, SHOWN) : ''
  const environment = Object.fromEntries(
    Object.entries(request.environment).map(([name, value]) => [name, shown(value)]),
  )
  const stdin = request.kind === 'container' ? containerLine(request) : script
  const streams = { stdin, stdout: '', stderr: '', environment }
  return { ...common, ...about, name: request.kind, streams }
}

/** What a container runs, on one line. */
function containerLine({ image, entrypoint = [], command = [], script }: ContainerRequest): string {
  const words = script === undefined ? [...entrypoint, ...command] : [script]
  return [image, ...words].join(' ').slice(0, SHOWN)
}

/** The same task once its outcome is known. */
export function endedEffect(task: TaskRecord, answer: EffectAnswer, now: number): TaskRecord {
  const printed = answer.kind === 'done' ? answer.output : (answer.data ?? null)
  const { streams } = task
  return {
    ...task,
    state: answer.kind === 'done' && !hasFailed(printed) ? 'succeeded' : 'failed',
    endedAt: now,
    ...(answer.kind === 'failed' ? { failure: answer.failure } : {}),
    ...(streams === undefined ? {} : { streams: { ...streams, ...printedStreams(printed) } }),
  }
}

function hasFailed(printed: Json): boolean {
  return isJsonObject(printed) && typeof printed['exit_code'] === 'number' && printed['exit_code'] !== 0
}

function printedStreams(printed: Json): { stdout?: string; stderr?: string; exitCode?: number } {
  if (!isJsonObject(printed)) return {}
  const { content, stdout = content, stderr, exit_code: exitCode } = printed
  return {
    ...(typeof stdout === 'string' ? { stdout: stdout.slice(-SHOWN) } : {}),
    ...(typeof stderr === 'string' ? { stderr: stderr.slice(-SHOWN) } : {}),
    ...(typeof exitCode === 'number' ? { exitCode } : {}),
  }
}

/** A recorded value as people may see it: a sealed secret is its name. */
function shown(value: Json): string {
  if (typeof value === 'string') return value.slice(0, SHOWN)
  return isJsonObject(value) && 'weir:sealed' in value ? '<secret>' : JSON.stringify(value)
}
