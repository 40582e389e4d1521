import { type DataFault, type Json, type LoadSeries, isJsonObject } from '../../engine/index.js'

/** A load that was read, or what is wrong with the text. */
export type ReadLoad = { readonly load: LoadSeries } | { readonly faults: readonly DataFault[] }

/** One value with its time and the line that it stands at. */
interface Sample {
  readonly line: number
  readonly time: unknown
  readonly value: unknown
}

/** Reads recorded load by its form: what Prometheus answers to a range query, lines of JSON, or CSV. */
export function readLoad(text: string, sensor: string): ReadLoad {
  const body = text.replace(/^\uFEFF/, '')
  const first = body.trimStart().charAt(0)
  if (first !== '{' && first !== '[') return checked(readCsv(body, sensor))
  const whole = parsed(body)
  if (whole === undefined) return checked(readLines(body, sensor))
  return checked(
    isJsonObject(whole) && isJsonObject(whole['data'] ?? null)
      ? readPrometheus(whole)
      : readRows(whole, sensor),
  )
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

function readLines(text: string, sensor: string): readonly Sample[] {
  return text.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return []
    const row = parsed(line)
    return [sampleOf(row, at + 1, sensor)]
  })
}

function readRows(whole: Json, sensor: string): readonly Sample[] {
  const rows = Array.isArray(whole) ? (whole as readonly Json[]) : [whole]
  return rows.map((row, at) => sampleOf(row, at + 1, sensor))
}

const TIME_NAMES = ['time', 'timestamp', 'at', 't', 'ts']
const VALUE_NAMES = ['value', 'load', 'total', 'v']

function sampleOf(row: Json | undefined, line: number, sensor: string): Sample {
  if (Array.isArray(row)) return { line, time: row[0], value: row[1] }
  if (!isJsonObject(row ?? null)) return { line, time: undefined, value: undefined }
  const of = (names: readonly string[]): unknown => {
    const name = names.find((one) => Object.hasOwn(row as object, one))
    return name === undefined ? undefined : (row as { readonly [name: string]: Json })[name]
  }
  return { line, time: of(TIME_NAMES), value: of([sensor, ...VALUE_NAMES]) }
}

/** Of several series, the sum at each time. */
function readPrometheus(answer: { readonly [key: string]: Json }): readonly Sample[] {
  const { data } = answer
  const result = isJsonObject(data ?? null) ? (data as { readonly [key: string]: Json })['result'] : undefined
  const sums = new Map<unknown, number>()
  for (const series of Array.isArray(result) ? (result as readonly Json[]) : []) {
    const values = isJsonObject(series) ? series['values'] : undefined
    for (const pair of Array.isArray(values) ? (values as readonly Json[]) : [])
      if (Array.isArray(pair)) sums.set(pair[0], (sums.get(pair[0]) ?? 0) + Number(pair[1]))
  }
  return [...sums].map(([time, value], at) => ({ line: at + 1, time, value }))
}

function readCsv(text: string, sensor: string): readonly Sample[] {
  const lines = text.split(/\r?\n/)
  const header = cellsOf(lines[0] ?? '').map((cell) => cell.toLowerCase())
  const hasHeader =
    header.length > 1 && header.every((cell) => timeOf(cell) === undefined && valueOf(cell) === undefined)
  const place = (names: readonly string[], otherwise: number): number => {
    const found = hasHeader ? header.findIndex((cell) => names.includes(cell)) : -1
    return found < 0 ? otherwise : found
  }
  const [time, value] = [place(TIME_NAMES, 0), place([sensor.toLowerCase(), ...VALUE_NAMES], 1)]
  return lines.flatMap((line, at) => {
    if (line.trim() === '' || line.startsWith('#') || (hasHeader && at === 0)) return []
    const cells = cellsOf(line)
    return [{ line: at + 1, time: cells[time], value: cells[value] }]
  })
}

function cellsOf(line: string): readonly string[] {
  return line.split(/[,;\t]/).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'))
}

/** What can be believed, in the order of time; of two at one time the later counts. */
function checked(samples: readonly Sample[]): ReadLoad {
  const faults: DataFault[] = []
  const known = new Map<number, number>()
  for (const { line, time, value } of samples) {
    const [at, load] = [timeOf(time), valueOf(value)]
    if (at === undefined) note(faults, line, `${shown(time)} is no time`)
    else if (load === undefined)
      note(faults, line, `${shown(value)} is no load: a number from 0 to ${LARGEST}`)
    else known.set(at, load)
  }
  if (known.size < 2 && faults.length === 0) note(faults, 0, 'there are fewer than two values')
  const times = [...known.keys()].sort((a, b) => a - b)
  const gap = times.findIndex((at, place) => place > 0 && at - (times[place - 1] ?? at) > LONGEST_GAP)
  if (gap > 0)
    note(faults, 0, `nothing is known for more than a year before ${new Date(times[gap] ?? 0).toISOString()}`)
  if (faults.length > 0) return { faults }
  return { load: { times, values: times.map((at) => known.get(at) ?? 0) } }
}

const LARGEST = 1e12
const LONGEST_GAP = 366 * 86_400_000
const MOST_FAULTS = 20
/** Numbers below this are seconds. */
const SECONDS = 1e11
/** The year 9999 in milliseconds. */
const LATEST = 253_402_300_799_999

function note(faults: DataFault[], line: number, message: string): void {
  if (faults.length < MOST_FAULTS) faults.push({ line, message })
}

function timeOf(time: unknown): number | undefined {
  const number =
    typeof time === 'number' ? time : Number(typeof time === 'string' && time !== '' ? time : Number.NaN)
  const at = Number.isNaN(number) ? Date.parse(String(time)) : number < SECONDS ? number * 1_000 : number
  return at >= 0 && at <= LATEST ? Math.round(at) : undefined
}

function valueOf(value: unknown): number | undefined {
  const number =
    typeof value === 'number' ? value : Number(typeof value === 'string' && value !== '' ? value : Number.NaN)
  return number >= 0 && number <= LARGEST ? number : undefined
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return `"${text.slice(0, 40)}"`
}
