import type {
  ApplicationView,
  ChangeOptions,
  EffectorView,
  EngineApi,
  JsonObject,
  Outcome,
} from '../../engine/index.js'

/** A call of an effector. */
interface Call {
  readonly id: string
  readonly path: string
  readonly effector: string
  readonly parameters: JsonObject
}

/** What entities can be asked by what they are, as a change of what is wanted; undefined for what is no such thing. */
export function wishedByEffector(
  engine: Pick<EngineApi, 'start' | 'stop' | 'scale' | 'replace'>,
  { id, path, effector, parameters }: Call,
  options: ChangeOptions,
): Promise<Outcome<ApplicationView>> | undefined {
  if (effector === 'start' && path === '') return engine.start(id, options)
  if (effector === 'stop' && path === '') return engine.stop(id, options)
  if (effector === 'resize') {
    const count = Number(parameters['desiredSize'])
    return Number.isInteger(count)
      ? engine.scale(id, path, count, options)
      : Promise.resolve({ kind: 'invalid', reason: 'desiredSize must be a whole number' })
  }
  if (effector !== 'replaceMember') return undefined
  const { memberId } = parameters
  return typeof memberId === 'string' && memberId.startsWith(`${path}/`)
    ? engine.replace(id, memberId, options)
    : Promise.resolve({ kind: 'invalid', reason: `${path} has no such member` })
}

/** An effector as it is listed. */
export function fakeEffector(name: string): EffectorView {
  return { name, description: `${name} it`, parameters: [GIVEN[name] ?? HOW] }
}

const HOW: EffectorView['parameters'][number] = {
  name: 'how',
  type: 'string',
  description: 'In which way.',
  required: false,
  default: 'gently',
  constraints: [{ oneOf: ['gently', 'hard'] }],
}

/** What others can be given. */
const GIVEN: { readonly [effector: string]: EffectorView['parameters'][number] } = {
  resize: { ...HOW, name: 'desiredSize', type: 'integer' },
  replaceMember: { ...HOW, name: 'memberId', type: 'any' },
}
