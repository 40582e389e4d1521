import {
  type Expression,
  type Json,
  Pattern as Regex,
  type Predicate,
  fitsGlob,
  literal,
} from '../../../../engine/index.js'

/** The sensors that say what state an entity is in, and is to be in. */
const STATES: readonly (string | Expression)[] = ['service.state', 'service.state.expected']

/**
 * Brooklyn's words for the states that entities are in, as its texts have them.
 * @source Brooklyn: lower case, with '-' between words.
 */
const WORDS: { readonly [state: string]: string } = {
  created: 'created',
  waiting: 'starting',
  starting: 'starting',
  running: 'running',
  completed: 'running',
  stopping: 'stopping',
  stopped: 'stopped',
  failed: 'on-fire',
  quarantined: 'on-fire',
  removing: 'stopping',
  gone: 'destroyed',
}

/** A sensor as a document reads it: a state in Brooklyn's word. */
export function asRead(sensor: Expression): Expression {
  if (sensor.kind !== 'sensor' || !STATES.includes(sensor.sensor)) return sensor
  return { kind: 'apply', function: 'member', arguments: [literal(WORDS), sensor] }
}

/** What must hold of the sensor of an entity: states that are named in Brooklyn's words, in any case, are meant by them. */
export function ofSensor(sensor: string, predicate: Predicate): Predicate {
  return STATES.includes(sensor) ? mapped(predicate, meant, fitting) : predicate
}

/** What must hold of what an expression gives, in which Brooklyn's words may be in any case where it reads a state. */
export function ofTarget(target: Json, predicate: Predicate): Predicate {
  const reads = typeof target === 'string' && target.includes('service.state')
  return reads ? mapped(predicate, (value) => ({ kind: 'equals', value: wordIn(value) ?? value })) : predicate
}

/** The states whose words fit a pattern; one that shows only when something runs stays as it is. */
function fitting(predicate: Pattern): Predicate {
  if (predicate.text.includes('${')) return predicate
  const states = Object.keys(WORDS).filter((state) => fits(predicate, WORDS[state] ?? state))
  return { kind: 'any', of: states.map((value): Predicate => ({ kind: 'equals', value })) }
}

function fits({ kind, text }: Pattern, word: string): boolean {
  if (kind === 'glob') return fitsGlob(text, word)
  const compiled = Regex.compile(text)
  return 'pattern' in compiled && compiled.pattern.matches(word)
}

function meant(value: Json): Predicate {
  const word = wordIn(value)
  const states = Object.keys(WORDS).filter((state) => WORDS[state] === word)
  const of = states.map((state): Predicate => ({ kind: 'equals', value: state }))
  return word === undefined ? { kind: 'equals', value } : { kind: 'any', of }
}

/** `ON_FIRE`, `On-Fire` and the like as they are in texts; undefined for what is no state of Brooklyn's. */
function wordIn(value: Json): string | undefined {
  const word = typeof value === 'string' ? value.toLowerCase().replaceAll('_', '-') : ''
  return Object.values(WORDS).includes(word) ? word : undefined
}

type Pattern = Extract<Predicate, { readonly kind: 'pattern' | 'glob' }>

function mapped(
  predicate: Predicate,
  equal: (value: Json) => Predicate,
  fit: (pattern: Pattern) => Predicate = (pattern) => pattern,
): Predicate {
  switch (predicate.kind) {
    case 'equals':
      return equal(predicate.value)
    case 'pattern':
    case 'glob':
      return fit(predicate)
    case 'not':
    case 'assert':
      return { kind: predicate.kind, of: mapped(predicate.of, equal, fit) }
    case 'all':
    case 'any':
      return { kind: predicate.kind, of: predicate.of.map((one) => mapped(one, equal, fit)) }
    default:
      return predicate
  }
}
