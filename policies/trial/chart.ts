import type { PlayPoint, PlayReport } from '../../engine/index.js'

const WIDTH = 900
const HEIGHT = 200
const LEFT = 60
const GAP = 60

/** A play as one picture: what there was to do and what the members that were up could bear, and below it the members. */
export function chartOf(report: PlayReport): string {
  const { points, from, to, policy } = report
  const slo = report.slo.find(({ kept }) => kept !== null)
  const bearable = points.map(({ ready }) => ready * (slo?.limit ?? 0))
  const load = new Panel(40, report, Math.max(1, ...points.map((point) => point.load), ...bearable))
  const members = new Panel(
    40 + HEIGHT + GAP,
    report,
    Math.max(1, ...points.map(({ ready, demand }) => Math.max(ready, demand ?? 0))),
  )
  const height = 40 + 2 * (HEIGHT + GAP)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LEFT + WIDTH + 20} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${escaped(policy)}</title>`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    text(LEFT, 18, `${policy}: ${sentenceOf(report)}`),
    ...violations(points, load),
    load.area(
      points.map((point) => point.load),
      '#9ecae1',
    ),
    slo === undefined ? '' : load.line(bearable, '#e6550d'),
    load.frame(`load${slo === undefined ? '' : ', and what those that were up could bear (line)'}`),
    members.area(
      points.map(({ ready }) => ready),
      '#a1d99b',
    ),
    slo === undefined
      ? ''
      : members.line(
          points.map(({ demand }) => demand ?? 0),
          '#756bb1',
        ),
    members.frame(
      `members that were up${slo === undefined ? '' : ', and those that would have done (line)'}`,
    ),
    text(LEFT, height - 22, day(from)),
    `<text x="${LEFT + WIDTH}" y="${height - 22}" text-anchor="end">${day(to)}</text>`,
    '</svg>',
    '',
  ]
    .filter((line, at, all) => line !== '' || at === all.length - 1)
    .join('\n')
}

function sentenceOf({ slo, memberHours, cost, outs, ins }: PlayReport): string {
  const kept = slo.flatMap((one) =>
    one.kept === null
      ? []
      : [`${one.sensor} at most ${one.limit} for ${Math.round(one.kept * 10_000) / 100}%`],
  )
  return [
    ...kept,
    `${outs} out, ${ins} in`,
    `${memberHours} member-hours`,
    ...(cost > 0 ? [`cost ${cost}`] : []),
  ].join('; ')
}

/** Where a promise was not kept. */
function violations(points: readonly PlayPoint[], panel: Panel): readonly string[] {
  return points
    .filter(({ violated }) => violated > 0)
    .map(({ at, violated }) => {
      const opacity = 0.15 + 0.35 * violated
      return `<rect x="${panel.x(at)}" y="${panel.top}" width="${panel.step}" height="${HEIGHT}" fill="#de2d26" fill-opacity="${Math.round(opacity * 100) / 100}"/>`
    })
}

/** One set of axes. */
class Panel {
  readonly top: number
  readonly #points: readonly PlayPoint[]
  readonly #from: number
  readonly #span: number
  readonly #most: number

  constructor(top: number, { points, from, to }: PlayReport, most: number) {
    this.top = top
    this.#points = points
    this.#from = from
    this.#span = Math.max(1, to - from)
    this.#most = most
  }

  /** How wide one point is. */
  get step(): number {
    return short(WIDTH / Math.max(1, this.#points.length))
  }

  x(time: number): number {
    return short(LEFT + ((time - this.#from) / this.#span) * WIDTH)
  }

  area(values: readonly number[], color: string): string {
    const bottom = this.top + HEIGHT
    return `<path d="M${LEFT} ${bottom}${this.#steps(values)}V${bottom}Z" fill="${color}"/>`
  }

  line(values: readonly number[], color: string): string {
    return `<path d="M${LEFT} ${this.#y(values[0] ?? 0)}${this.#steps(values)}" fill="none" stroke="${color}" stroke-width="1.5"/>`
  }

  frame(title: string): string {
    const bottom = this.top + HEIGHT
    return [
      `<path d="M${LEFT} ${this.top}V${bottom}H${LEFT + WIDTH}" fill="none" stroke="#636363"/>`,
      `<text x="${LEFT - 6}" y="${this.top + 10}" text-anchor="end">${short(this.#most)}</text>`,
      `<text x="${LEFT - 6}" y="${bottom}" text-anchor="end">0</text>`,
      text(LEFT, bottom + 18, title),
    ].join('\n')
  }

  #steps(values: readonly number[]): string {
    return values
      .map((value, at) => {
        const end = this.#points[at + 1]?.at
        return `V${this.#y(value)}H${end === undefined ? LEFT + WIDTH : this.x(end)}`
      })
      .join('')
  }

  #y(value: number): number {
    return short(this.top + HEIGHT - (value / this.#most) * HEIGHT)
  }
}

function text(x: number, y: number, words: string): string {
  return `<text x="${x}" y="${y}">${escaped(words)}</text>`
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ')
}

function short(value: number): number {
  return Math.round(value * 100) / 100
}

function escaped(words: string): string {
  return words
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
