import type { Json, JsonObject, Problem } from '../../engine/index.js'
import type { Values } from '../config/decode.js'
import { type At, type Part, decodeMap, givenKeys, inside, readEach, wrongAt } from '../config/nested.js'
import type { METRIC_FIELDS } from './fields.js'
import type { Aim, StepChange, StepRule } from './settings.js'

/** The ways to say what is wanted of an average. */
const WAYS = ['target', 'steps', 'lower', 'upper'] as const

/** Whether it is said what is wanted. */
export function hasAim(config: JsonObject): boolean {
  return givenKeys(config, WAYS).length > 0
}

/** Whether a band is what is needed, since nothing in its place is said. */
export function needsBand(config: JsonObject): boolean {
  return givenKeys(config, ['target', 'steps']).length === 0
}

type Given = Pick<Values<typeof METRIC_FIELDS>, 'target' | 'tolerance' | 'lower' | 'upper' | 'steps'>

/** What is wanted of an average: a target, step rules or a band, and what is wrong with it. */
export function readAim(
  at: At,
  config: JsonObject,
  values: Given,
): { readonly aim: Aim; readonly problems: readonly Problem[] } {
  const steps = values.steps === null ? undefined : readSteps(inside(at, 'steps'), values.steps)
  const aim = steps?.aim ?? (values.target === 0 ? bandOf(values) : aroundTarget(values))
  return { aim, problems: [...twoAims(at, config), ...(steps?.problems ?? contradictionsIn(at, aim))] }
}

/** A target is a narrow band of which either side leads to the middle. */
function aroundTarget({ target, tolerance }: Given): Aim {
  const [lower, upper] = [Math.max(0, target * (1 - tolerance)), target * (1 + tolerance)]
  return { lower, upper, growTo: target, shrinkTo: target, above: [], below: [] }
}

function bandOf({ lower, upper }: Given): Aim {
  return { lower, upper, growTo: upper, shrinkTo: lower, above: [], below: [] }
}

function twoAims(at: At, config: JsonObject): readonly Problem[] {
  const [first, other] = givenKeys(config, WAYS)
  if (first === undefined || other === undefined || first === 'lower') return []
  const [way, article] = first === 'target' ? ['target', 'a'] : ['steps', 'its']
  const message = `it has ${article} ${way} and "${other}" as well`
  return [wrongAt(inside(at, other), message, 'Leave one of them out.')]
}

function contradictionsIn(at: At, { lower, upper }: Aim): readonly Problem[] {
  const isNone = upper <= 0
  return [
    ...(isNone
      ? [
          wrongAt(
            inside(at, 'upper'),
            `"upper" must be above 0; it is ${upper}`,
            'Write the highest wanted average.',
          ),
        ]
      : []),
    ...(lower > upper
      ? [wrongAt(inside(at, 'lower'), `"lower" ${lower} is above "upper" ${upper}`, 'Exchange the two.')]
      : []),
  ]
}

const STEP_FIELDS = {
  above: { kind: 'number', least: 0, inherited: true, about: 'It holds for an average above this.' },
  below: { kind: 'number', least: 0, inherited: true, about: 'It holds for an average below this.' },
  add: { kind: 'json', about: 'So many more, or so many percent more.' },
  remove: { kind: 'json', about: 'So many fewer, or so many percent fewer.' },
  set: { kind: 'integer', least: 0, inherited: true, about: 'Exactly so many.' },
} as const

interface ReadStep {
  readonly side: 'above' | 'below'
  readonly rule: StepRule
}

function readSteps(at: At, given: Json): { readonly aim: Aim; readonly problems: readonly Problem[] } {
  const { read, problems } = readEach(at, given, 'above: 80, add: 2', readStep)
  const rulesOf = (side: ReadStep['side']): readonly StepRule[] =>
    read.flatMap((one) => (one.side === side ? [one.rule] : []))
  const above = [...rulesOf('above')].sort((a, b) => a.bound - b.bound)
  const below = [...rulesOf('below')].sort((a, b) => b.bound - a.bound)
  const upper = above[0]?.bound ?? Infinity
  const lower = below[0]?.bound ?? 0
  const aim = { lower, upper, growTo: upper, shrinkTo: lower, above, below }
  if (problems.length > 0) return { aim, problems }
  return { aim, problems: stepContradictions(at, aim, read.length) }
}

function stepContradictions(at: At, { lower, upper, above, below }: Aim, count: number): readonly Problem[] {
  if (count === 0) return [wrongAt(at, 'there is no step', 'Write "- above: 80, add: 2".')]
  if (upper <= 0) return [wrongAt(at, '"above" must be above 0', 'Write the highest wanted average.')]
  if (lower > upper)
    return [wrongAt(at, `members are taken away below ${lower}, and added above ${upper}`, 'Part the two.')]
  const isTwice = [above, below].some((rules) => new Set(rules.map(({ bound }) => bound)).size < rules.length)
  return isTwice ? [wrongAt(at, 'two steps have the same bound', 'Leave one of them out.')] : []
}

function readStep(at: At, given: Json): Part<ReadStep> {
  const decoded = decodeMap(at, STEP_FIELDS, given)
  if ('problems' in decoded) return decoded
  const config = given as JsonObject
  const sides = givenKeys(config, ['above', 'below'])
  const [side] = sides
  if (side === undefined || sides.length > 1)
    return { problems: [wrongAt(at, 'a step has one bound', 'Write "above" or "below".')] }
  const verbs = givenKeys(config, ['add', 'remove', 'set'])
  const own = side === 'above' ? 'add' : 'remove'
  const [verb] = verbs
  if (verb === undefined || verbs.length > 1 || (verb !== own && verb !== 'set'))
    return { problems: [wrongAt(at, `a step ${side} a bound makes one change`, `Write "${own}" or "set".`)] }
  return stepOf(at, { side, verb }, decoded.values)
}

function stepOf(
  at: At,
  { side, verb }: { readonly side: ReadStep['side']; readonly verb: 'add' | 'remove' | 'set' },
  values: Values<typeof STEP_FIELDS>,
): Part<ReadStep> {
  const change = verb === 'set' ? ({ kind: 'exact', amount: values.set } as const) : changeIn(values[verb])
  if (change === undefined)
    return { problems: [wrongAt(inside(at, verb), `"${verb}" is no change`, 'Write 2, or 50%.')] }
  return { one: { side, rule: { bound: values[side], change } } }
}

/** A whole number, or a text such as 50%. */
function changeIn(value: Json): StepChange | undefined {
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && value >= 1 ? { kind: 'count', amount: value } : undefined
  const percent = typeof value === 'string' ? /^(\d{1,4}(?:\.\d{1,3})?)\s*%$/.exec(value)?.[1] : undefined
  const amount = Number(percent ?? 0)
  return amount > 0 ? { kind: 'percent', amount } : undefined
}
