import type { Application, Entity, Sensor, WireJson } from '../api/index.js'
import { CliError, EXIT } from './exit.js'

/** What is seen in one look at an application. */
export interface Snapshot {
  /** Absent: it is not there, or not any more. */
  readonly application?: Application
  readonly entities: readonly Entity[]
  /** Of the entity that is waited for; empty when the condition needs none. */
  readonly sensors: readonly Sensor[]
}

/** Something that can be waited for. Level-triggered: true as soon as one look sees it. */
export interface Condition {
  readonly name: string
  readonly needsSensors: boolean
  isMet(snapshot: Snapshot, entity: string): boolean
}

/** The condition of this name: a state, `healthy`, or `sensor:NAME<VALUE`; ends with 'usage' for another. */
export function parseCondition(text: string): Condition {
  const named = CONDITIONS[text]
  if (named !== undefined && Object.hasOwn(CONDITIONS, text)) {
    return { name: text, needsSensors: false, isMet: named }
  }
  const sensor = /^sensor:([^<>=!]+)(<=|>=|==|!=|=|<|>)(.+)$/.exec(text)
  if (sensor === null) {
    const names = Object.keys(CONDITIONS).join(', ')
    throw new CliError(EXIT.usage, `--for is one of ${names}, or sensor:NAME<VALUE; not ${text}`)
  }
  const [, name = '', operator = '', value = ''] = sensor
  return {
    name: text,
    needsSensors: true,
    isMet: ({ sensors }) => {
      const found = sensors.find((one) => one.name === name)
      return found !== undefined && compare(found.value, operator, value)
    },
  }
}

type Test = (snapshot: Snapshot, entity: string) => boolean

const CONDITIONS: { readonly [name: string]: Test } = {
  running: stateTest(['running', 'completed']),
  stopped: stateTest(['stopped']),
  destroyed: ({ application, entities }, entity) =>
    application === undefined ||
    application.state === 'destroyed' ||
    (entity !== '' && !entities.some(({ path }) => path === entity)),
  healthy: (snapshot, entity) =>
    stateTest(['running', 'completed'])(snapshot, entity) &&
    snapshot.application?.degraded === false &&
    snapshot.entities.every((one) => !isBelow(one.path, entity) || one.up || one.state === 'completed'),
}

/** Whether what is shown reflects the newest wish, and is one of these states. */
function stateTest(states: readonly string[]): Test {
  return ({ application, entities }, entity) => {
    if (application === undefined || application.observedGeneration < application.generation) return false
    if (entity === '') return states.includes(application.state)
    const found = entities.find(({ path }) => path === entity)
    return found !== undefined && states.includes(found.state)
  }
}

function isBelow(path: string, root: string): boolean {
  return root === '' || path === root || path.startsWith(`${root}/`)
}

function compare(value: WireJson, operator: string, wanted: string): boolean {
  const same = typeof value === 'number' ? value === Number(wanted) : textOf(value) === wanted
  if (operator === '=' || operator === '==') return same
  if (operator === '!=') return !same
  const [left, right] = [typeof value === 'number' ? value : Number.NaN, Number(wanted)]
  if (operator === '<') return left < right
  if (operator === '>') return left > right
  return operator === '<=' ? left <= right : left >= right
}

function textOf(value: WireJson): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
