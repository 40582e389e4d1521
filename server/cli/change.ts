import type { Accepted, Application } from '../api/index.js'
import { awaitCondition } from './await-condition.js'
import { cleanLine } from './clean.js'
import { paintState } from './colors.js'
import { type Condition, parseCondition } from './condition.js'
import { parseDuration } from './duration.js'
import { EXIT } from './exit.js'
import type { Session, Target } from './session.js'
import type { Call } from './transport.js'
import type { VerbInput, VerbOption } from './verb.js'

/** Options of verbs that begin work. */
export const WAIT_OPTIONS: readonly VerbOption[] = [
  ['--wait [condition]', 'wait for it: running, stopped, destroyed, healthy or sensor:NAME<VALUE'],
  ['--timeout <duration>', 'how long to wait', '10m'],
]

/** What a bare `--wait` stands for: the verb's own aim. */
export const BARE_WAIT = 'default'

/** The option of verbs that say why. */
export const REASON_OPTION: VerbOption = ['--reason <text>', 'why; kept with the record']

/** What a change is waited for by when `--wait` says nothing more. */
export type Aim = 'running' | 'stopped' | 'destroyed'

/** Asks for a change, tells what was accepted, and waits for it if that is wanted. */
export async function makeChange(session: Session, input: VerbInput, call: Call, aim: Aim): Promise<number> {
  const wish = waitWish(input, aim)
  return tellAccepted(session, await session.change<Accepted>(call), wish)
}

/** What is to be waited for after a change, and how long; undefined when nothing is. */
export interface WaitWish {
  readonly condition: Condition
  /** Milliseconds. */
  readonly timeout: number
}

/** Reads the wait options. Called before the change: a mistake in them must not come to light after it. */
export function waitWish(input: VerbInput, aim: Aim): WaitWish | undefined {
  const timeout = parseDuration(input.text('timeout') ?? '10m', '--timeout')
  if (!input.flag('wait')) return undefined
  const wanted = input.text('wait')
  return { condition: parseCondition(wanted === undefined || wanted === BARE_WAIT ? aim : wanted), timeout }
}

/** Tells what was accepted, and waits for it if that is wanted. */
export async function tellAccepted(
  session: Session,
  accepted: Accepted,
  wish: WaitWish | undefined,
): Promise<number> {
  const { application, task } = accepted
  if (wish === undefined) {
    session.output.single({ value: accepted, text: acceptedText(session, accepted), name: application.id })
    return EXIT.ok
  }
  const target: Target = { application: application.id, entity: '' }
  const exit = await awaitCondition(session, {
    target,
    ...wish,
    ...(task === undefined ? {} : { task: task.id }),
  })
  if (exit !== EXIT.ok) return exit
  if (wish.condition.name !== 'destroyed') await tellEnd(session, application.id)
  else {
    const text = `${cleanLine(application.name)} (${application.id}) is destroyed; nothing of it is left`
    session.output.single({ value: { ...application, state: 'destroyed' }, text, name: application.id })
  }
  return exit
}

/** The parameters and the body of a change of one application. */
export function changeCall(route: Call['route'], application: string, input: VerbInput): Call {
  const reason = input.text('reason')
  return { route, params: { application }, body: reason === undefined ? {} : { reason } }
}

function acceptedText(session: Session, { application, task }: Accepted): string {
  const state = paintState(session.colors, application.state)
  const name = `${cleanLine(application.name)} (${application.id})`
  if (task === undefined) return `${name} is ${state}; there is nothing to do`
  return `${name} is ${state}; task ${task.id}\nwait for it with: weir wait ${application.id}`
}

/** Tells how an application stands once it was waited for. */
export async function tellEnd(session: Session, id: string): Promise<void> {
  const application = await session.get<Application>({ route: 'getApplication', params: { application: id } })
  const { name, endpoint, state } = application
  const where = endpoint === '' ? '' : `  ${cleanLine(endpoint)}`
  const text = `${cleanLine(name)} (${application.id}) is ${paintState(session.colors, state)}${where}`
  session.output.single({ value: application, text, name: application.id })
}
