import { type Json, type JsonObject, type Problem, isJsonObject } from '../../engine/index.js'
import type { Values } from '../config/decode.js'
import { NONE } from '../config/field.js'
import { type At, type Part, decodeMap, givenKeys, inside, readNamed, wrongAt } from '../config/nested.js'
import { BUILT_IN, READING_FIELDS, type ReadingSpec, typeRead } from '../rules/document.js'
import { ExpressionLanguage, type Variables, isVariableName } from '../rules/expression.js'
import { type FIELDS, METRIC_FIELDS } from './fields.js'
import { hasAim, needsBand, readAim } from './read-aim.js'
import type { AutoscaleSettings, Metric, Source } from './settings.js'

type Given = Values<typeof FIELDS>

/** What is read, and what is wanted of it; and what is wrong with that. */
export type ReadMetrics = Pick<AutoscaleSettings, 'metrics' | 'readings'> & {
  readonly problems: readonly Problem[]
}

/** Settings of one metric, in the place of which several can stand. */
const OF_ONE = [...Object.keys(METRIC_FIELDS), 'formula', 'readings']

/** Whether a band must be given, since nothing else says what is wanted. */
export function mustHaveBand(config: JsonObject): boolean {
  const other = givenKeys(config, ['metrics', 'hot', 'cold', 'ok'])
  return needsBand(config) && (other.length === 0 || hasAim(config))
}

/** Reads the metrics of an autoscaler: one, several, a formula or events of a pool. */
export function readMetrics(at: At, config: JsonObject, values: Given): ReadMetrics {
  const events = eventsOf(values)
  if (values.metrics !== null) {
    const { read, problems } = readNamed(inside(at, 'metrics'), values.metrics, (place, name, one) =>
      readNamedMetric(place, name, one),
    )
    return {
      metrics: [...read, ...events],
      readings: {},
      problems: [...aside(at, config), ...problems, ...tooFew(at, read, problems)],
    }
  }
  if (events.length > 0 && !hasAim(config)) return { metrics: events, readings: {}, problems: [] }
  const { readings, language, problems: wrong } = readReadings(at, values.readings)
  const { aim, problems } = readAim(at, config, values)
  const source = values.formula === NONE ? sourceOf(at, values) : formulaOf(at, values, language)
  const metric = 'one' in source ? [metricOf('main', values, { source: source.one, aim })] : []
  const faults = 'problems' in source ? source.problems : []
  return {
    metrics: [...metric, ...events],
    readings,
    problems: [...problems, ...covered(at, values), ...wrong, ...faults],
  }
}

function tooFew(at: At, read: readonly Metric[], problems: readonly Problem[]): readonly Problem[] {
  if (read.length > 0 || problems.length > 0) return []
  return [wrongAt(inside(at, 'metrics'), 'there is no metric', 'Write "cpu: { sensor: cpu, target: 60 }".')]
}

function aside(at: At, config: JsonObject): readonly Problem[] {
  const [key] = givenKeys(config, OF_ONE)
  if (key === undefined) return []
  return [wrongAt(inside(at, key), `it has metrics and "${key}" as well`, `Write "${key}" at a metric.`)]
}

function readNamedMetric(at: At, name: string, given: Json): Part<Metric> {
  if (!isVariableName(name))
    return {
      problems: [
        wrongAt(at, `"${name}" cannot be a name`, 'Letters, digits and _, beginning with a small letter.'),
      ],
    }
  const config = isJsonObject(given) ? given : {}
  const band = needsBand(config) ? { inherited: false } : { fallback: 0 }
  const fields = {
    ...METRIC_FIELDS,
    lower: { ...METRIC_FIELDS.lower, ...band },
    upper: { ...METRIC_FIELDS.upper, ...band },
  }
  const decoded = decodeMap(at, fields, given)
  if ('problems' in decoded) return decoded
  const { values } = decoded
  const { aim, problems } = readAim(at, config, values)
  const source = sourceOf(at, values)
  const all = [...problems, ...covered(at, values), ...('problems' in source ? source.problems : [])]
  return 'problems' in source || all.length > 0
    ? { problems: all }
    : { one: metricOf(name, values, { source: source.one, aim }) }
}

function covered(at: At, { coverage }: Pick<Metric, 'coverage'>): readonly Problem[] {
  if (coverage <= 1) return []
  return [wrongAt(inside(at, 'coverage'), `"coverage" ${coverage} is a share above 1`, 'Write 0.8.')]
}

function metricOf(
  name: string,
  { staleAfter, coverage }: Pick<Metric, 'staleAfter' | 'coverage'>,
  { source, aim }: Pick<Metric, 'source' | 'aim'>,
): Metric {
  const label = source.kind === 'members' || source.kind === 'entity' ? source.sensor : 'the formula'
  return { name, label, source, aim, staleAfter, coverage }
}

function sourceOf(
  at: At,
  { sensor, from, measures }: Pick<Given, 'sensor' | 'from' | 'measures'>,
): Part<Source> {
  if (from === 'members' && measures === 'total')
    return {
      problems: [
        wrongAt(inside(at, 'measures'), 'members tell what each has to do', 'Say "from" whose sensor it is.'),
      ],
    }
  if (from === 'members') return { one: { kind: 'members', sensor } }
  return { one: { kind: 'entity', sensor, from, measures: measures as 'average' | 'total' } }
}

function eventsOf({ hot, cold, ok, from, staleAfter }: Given): readonly Metric[] {
  if ([hot, cold, ok].every((name) => name === NONE)) return []
  const source = { kind: 'events', from: from === 'members' ? 'self' : from, hot, cold, ok } as const
  const aim = { lower: 0, upper: Infinity, shrinkTo: 0, growTo: Infinity, above: [], below: [] }
  return [{ name: 'events', label: 'the pool', source, aim, staleAfter, coverage: 1 }]
}

function formulaOf(at: At, { formula, measures }: Given, language: ExpressionLanguage): Part<Source> {
  const result = language.compile(formula, 'number')
  if ('expression' in result)
    return {
      one: { kind: 'formula', expression: result.expression, measures: measures as 'average' | 'total' },
    }
  const { message, start, end } = result.fault
  const text = `"${formula.slice(start, end).slice(0, 60)}" in "formula": ${message}`
  return { problems: [wrongAt(inside(at, 'formula'), text, 'Mend the expression.')] }
}

/** The readings of a formula, and the language in which it is written. */
function readReadings(
  at: At,
  given: Json,
): Pick<ReadMetrics, 'readings' | 'problems'> & { readonly language: ExpressionLanguage } {
  const { read, problems } = readNamed(inside(at, 'readings'), given, readReading)
  const variables: Variables = {
    ...BUILT_IN,
    ...Object.fromEntries(read.map(([name, spec]) => [name, typeRead(spec)])),
  }
  return { readings: Object.fromEntries(read), problems, language: new ExpressionLanguage(variables) }
}

function readReading(at: At, name: string, given: Json): Part<readonly [string, ReadingSpec]> {
  if (!isVariableName(name))
    return {
      problems: [
        wrongAt(at, `"${name}" cannot be a name`, 'Letters, digits and _, beginning with a small letter.'),
      ],
    }
  if (Object.hasOwn(BUILT_IN, name))
    return { problems: [wrongAt(at, `"${name}" has a meaning already`, 'Choose another name.')] }
  const decoded = decodeMap(at, READING_FIELDS, given)
  return 'values' in decoded ? { one: [name, decoded.values] } : decoded
}
