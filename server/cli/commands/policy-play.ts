import type { Play, Sample, Slo } from '../../api/index.js'
import { type LoadedDocument, SET_OPTION, loadDocument } from '../documents.js'
import { parseDuration } from '../duration.js'
import { CliError, EXIT } from '../exit.js'
import { renderComparison, renderPlay } from '../render-play.js'
import { type Session, entityParams, messageOf, targetOf } from '../session.js'
import type { Verb, VerbInput, VerbOption } from '../verb.js'
import { askTrial, tellWarnings } from './policy-trial.js'

const PLAY_OPTIONS: readonly VerbOption[] = [
  SET_OPTION,
  [
    '--sensor <name>',
    'the sensor of members that is the load of each; that of the first promise if left out',
  ],
  ['--slo <promise...>', "a promise in the place of the document's own, such as load<=80@99%"],
]

const CHART_OPTION: VerbOption = [
  '--chart <file>',
  'write a picture too: SVG, or a page where it is called .html',
]

const DATA_OPTIONS: readonly VerbOption[] = [
  ['--data <file>', 'recorded load: CSV, JSON lines, or an answer of Prometheus; - is standard input'],
  [
    '--recorded <target>',
    'in its place: what a server has recorded of the members of a role, such as shop/web',
  ],
]

/** Plays a policy document over a recorded load, without a server. */
export const backtestPolicyVerb: Verb = {
  usage: 'backtest <file>',
  summary: 'play a policy document over a recorded load, without a server or over what one has recorded',
  options: [...DATA_OPTIONS, ...PLAY_OPTIONS, CHART_OPTION],
  examples: [
    'weir policy backtest follow.policy.yaml --data load.csv --chart follow.html',
    'weir policy backtest follow.policy.yaml --recorded shop/web --sensor load',
  ],
  run: async (session, input) => {
    const document = await loadDocument(session, input.word(0), input)
    const play = await backtested(session, input, document, await dataOf(session, input))
    return tell(session, input, play)
  },
}

/** Plays two policy documents over the same load. */
export const diffPolicyVerb: Verb = {
  usage: 'diff <file> <other>',
  summary:
    'play two policy documents over the same recorded load, and tell what came of each beside the other',
  options: [...DATA_OPTIONS, ...PLAY_OPTIONS],
  examples: ['weir policy diff follow.policy.yaml follow-slower.policy.yaml --data load.csv'],
  run: async (session, input) => {
    const data = await dataOf(session, input)
    const plays: Play[] = []
    for (const file of [input.word(0), input.word(1)])
      plays.push(await backtested(session, input, await loadDocument(session, file, input), data))
    const [one, other] = plays as [Play, Play]
    session.output.single({
      value: plays,
      text: renderComparison(one, other),
      name: `${one.policy}\n${other.policy}`,
    })
    return EXIT.ok
  },
}

/** Plays a policy document over a load that is made up, without a server. */
export const simulatePolicyVerb: Verb = {
  usage: 'simulate <file>',
  summary: 'play a policy document over a load that is made up from a seed, without a server',
  options: [
    ['--load <course>', 'constant, ramp, diurnal or spikes', 'diurnal'],
    ['--base <number>', 'the load of all members together at the beginning, or at rest', '100'],
    ['--peak <number>', 'the load at its height; twice the base if left out'],
    ['--period <duration>', 'the length of a day, or from spike to spike on average'],
    ['--noise <share>', 'by how much a value is off at random', '0.05'],
    ['--failures <number>', 'failures of members in an hour, on average', '0'],
    ['--for <duration>', 'how long', '24h'],
    ['--seed <number>', 'what chance is made from: the same seed, the same play', '1'],
    ...PLAY_OPTIONS,
    CHART_OPTION,
  ],
  examples: [
    'weir policy simulate follow.policy.yaml --load spikes --base 100 --peak 600 --for 12h --failures 1 --seed 7',
  ],
  run: async (session, input) => {
    const document = await loadDocument(session, input.word(0), input)
    const base = numberOf(input, 'base') ?? 0
    const period = input.text('period')
    const load = {
      kind: input.text('load'),
      base,
      peak: numberOf(input, 'peak') ?? 2 * base,
      noise: numberOf(input, 'noise') ?? 0,
      ...(period === undefined ? {} : { period: parseDuration(period, '--period') }),
    }
    const duration = parseDuration(input.text('for') ?? '', '--for')
    const more = {
      load,
      failures: numberOf(input, 'failures') ?? 0,
      duration,
      seed: input.integer('seed') ?? 1,
    }
    const play = await askTrial<Play>(session, {
      route: 'simulatePolicy',
      document,
      input,
      more: { ...more, ...commonOf(input) },
    })
    tellWarnings(session, play.warnings, document)
    return tell(session, input, play)
  },
}

async function backtested(
  session: Session,
  input: VerbInput,
  document: LoadedDocument,
  data: string,
): Promise<Play> {
  const more = { data, ...commonOf(input) }
  const play = await askTrial<Play>(session, { route: 'backtestPolicy', document, input, more })
  tellWarnings(session, play.warnings, document)
  return play
}

async function dataOf(session: Session, input: VerbInput): Promise<string> {
  const [file, target] = [input.text('data'), input.text('recorded')]
  if ((file === undefined) === (target === undefined))
    throw new CliError(EXIT.usage, 'name the recorded load, with --data or --recorded')
  if (target !== undefined) return recordedOf(session, input, target)
  return readData(session, file ?? '-')
}

/** What a server has recorded of the members of a role, as rows of time and value. */
async function recordedOf(session: Session, input: VerbInput, target: string): Promise<string> {
  const sensor = input.text('sensor') ?? input.texts('slo').map(promiseOf)[0]?.sensor ?? 'load'
  const params = { ...entityParams(targetOf(target)), sensor }
  const points = await session.get<readonly Sample[]>({
    ...{ route: 'getSensorHistory', params },
    query: { together: true },
  })
  if (points.length < 2)
    throw new CliError(EXIT.failed, `too little is recorded of ${sensor} of the members of ${target}`)
  return JSON.stringify(points.map(({ at, value }) => [at, value]))
}

async function readData(session: Session, file: string): Promise<string> {
  try {
    return file === '-' ? await session.terminal.readInput() : await session.terminal.readFile(file)
  } catch (thrown) {
    throw new CliError(EXIT.unreadable, `cannot read ${file}: ${messageOf(thrown)}`)
  }
}

function commonOf(input: VerbInput): { readonly [name: string]: unknown } {
  const sensor = input.text('sensor')
  const slo = input.texts('slo').map(promiseOf)
  return {
    ...(sensor === undefined ? {} : { sensor }),
    ...(slo.length === 0 ? {} : { slo }),
    chart: input.text('chart') !== undefined,
  }
}

function promiseOf(text: string): Slo {
  const found = /^\s*(.+?)\s*<=\s*([0-9]+(?:[.][0-9]+)?)\s*(?:@\s*([0-9]+(?:[.][0-9]+)?)\s*%)?\s*$/.exec(text)
  const share = Number(found?.[3] ?? 99) / 100
  if (found === null || share > 1)
    throw new CliError(EXIT.usage, `--slo is a promise such as load<=80@99%, not ${text}`)
  return { sensor: found[1] ?? '', limit: Number(found[2]), share }
}

function numberOf(input: VerbInput, name: string): number | undefined {
  const text = input.text(name)
  if (text === undefined) return undefined
  if (!/^[0-9]+([.][0-9]+)?$/.test(text))
    throw new CliError(EXIT.usage, `--${name} is a number from 0, not ${text}`)
  return Number(text)
}

async function tell(session: Session, input: VerbInput, { chart, ...play }: Play): Promise<number> {
  const file = input.text('chart')
  if (file !== undefined && chart !== undefined)
    await session.terminal.writeFile(file, file.endsWith('.html') ? pageOf(chart) : chart)
  session.output.single({ value: play, text: renderPlay(play), name: play.policy })
  return EXIT.ok
}

function pageOf(chart: string): string {
  return `<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<body>\n${chart}</body>\n</html>\n`
}
