import type { Application, Entity, Sensor, Task } from '../api/index.js'
import { type Condition, type Snapshot } from './condition.js'
import { span } from './duration.js'
import { EXIT, RefusedError } from './exit.js'
import { interruptible } from './interrupt.js'
import { progressFor } from './progress.js'
import { type Session, type Target, entityParams } from './session.js'

/** What is waited for, and how long. */
export interface Waiting {
  readonly target: Target
  readonly condition: Condition
  /** Milliseconds. */
  readonly timeout: number
  /** The task whose failure ends the wait. */
  readonly task?: string
}

/**
 * Looks until the condition is met, and gives the exit code. The wait belongs to us alone: the work goes on in the
 * server when it ends early.
 */
export function awaitCondition(session: Session, waiting: Waiting): Promise<number> {
  const again = `weir wait ${waiting.target.application} --for ${waiting.condition.name}`
  return interruptible(
    session,
    `the work goes on in the server; wait for it again with: ${again}`,
    (signal) => lookUntil(session, waiting, signal),
  )
}

async function lookUntil(session: Session, waiting: Waiting, signal: AbortSignal): Promise<number> {
  const { terminal, errColors } = session
  const { condition, target, timeout } = waiting
  const name = target.entity === '' ? target.application : `${target.application}/${target.entity}`
  const look = { colors: errColors, waitsFor: `${name} to be ${condition.name}` }
  const progress = progressFor(session.progress, terminal, look)
  const deadline = terminal.now() + timeout
  try {
    while (!signal.aborted) {
      const snapshot = await lookAt(session, waiting)
      progress.show(snapshot)
      if (condition.isMet(snapshot, target.entity)) return EXIT.ok
      const failure = await failureOf(session, waiting)
      if (failure !== undefined) {
        terminal.err(`${errColors.red('failed')}: ${failure}\n`)
        return EXIT.failed
      }
      if (terminal.now() >= deadline) return timedOut(session, snapshot, waiting)
      const rest = Math.max(1, deadline - terminal.now())
      await terminal.sleep(Math.min(rest, session.parts.pollInterval ?? 500), signal)
    }
    return EXIT.interrupted
  } finally {
    progress.end()
  }
}

/** One look at all that the condition needs. */
async function lookAt(session: Session, { target, condition }: Waiting): Promise<Snapshot> {
  const params = { application: target.application }
  const application = await unlessGone(session.get<Application>({ route: 'getApplication', params }))
  if (application === undefined) {
    if (condition.name !== 'destroyed') await session.get({ route: 'getApplication', params })
    return { entities: [], sensors: [] }
  }
  const entities = await unlessGone(session.all<Entity>({ route: 'listEntities', params }))
  const sensors = condition.needsSensors
    ? await session.get<readonly Sensor[]>({ route: 'listSensors', params: entityParams(target) })
    : []
  return { application, entities: entities ?? [], sensors }
}

async function unlessGone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (thrown) {
    if (thrown instanceof RefusedError && thrown.exit === EXIT.notFound) return undefined
    throw thrown
  }
}

async function failureOf(session: Session, { task }: Waiting): Promise<string | undefined> {
  if (task === undefined) return undefined
  const found = await unlessGone(session.get<Task>({ route: 'getTask', params: { task } }))
  if (found?.state !== 'failed') return undefined
  return found.failure?.message ?? `${found.name} failed`
}

function timedOut(session: Session, snapshot: Snapshot, { target, condition, timeout }: Waiting): number {
  const { terminal, errColors } = session
  const behind = snapshot.entities.filter(({ up, state }) => !up && state !== 'completed')
  const names = behind.slice(0, 5).map(({ path, name, state, reason }) => {
    const why = reason === '' ? '' : `, ${reason}`
    return `  ${path === '' ? name : path}: ${state}${why}\n`
  })
  const app = target.application
  terminal.err(`${errColors.red('timed out')}: ${app} is not ${condition.name} after ${span(timeout)}\n`)
  terminal.err(`${names.join('')}it goes on in the server; ask: weir why ${app}\n`)
  return EXIT.timedOut
}
