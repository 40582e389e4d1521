/** A host as people write it: `[user@]address[:port]`. */
export interface NamedHost {
  readonly user?: string
  readonly address: string
  readonly port?: number
}

/** Most hosts that one text may stand for. */
const MOST = 1024

/**
 * The hosts that a text stands for: `{1,4,10-12}` in it is one of these numbers each. Undefined when it is no such text, or stands
 * for more than 1,024.
 */
export function expandHosts(text: string): readonly NamedHost[] | undefined {
  const texts = expand(text)
  if (texts === undefined) return undefined
  const hosts = texts.map(readHost)
  return hosts.every((host) => host !== undefined) ? hosts : undefined
}

function expand(text: string): readonly string[] | undefined {
  const found = RANGES.exec(text)
  if (found === null) return /[{}]/.test(text) ? undefined : [text]
  const [whole, inside = ''] = found
  const numbers = numbersOf(inside)
  const rest = expand(text.slice(found.index + whole.length))
  if (numbers === undefined || rest === undefined || numbers.length * rest.length > MOST) return undefined
  const head = text.slice(0, found.index)
  return numbers.flatMap((number) => rest.map((tail) => `${head}${number}${tail}`))
}

const RANGES = /\{([^{}]*)\}/

function numbersOf(text: string): readonly number[] | undefined {
  const parts = text.split(',').map((part) => /^\s*(\d{1,5})(?:-(\d{1,5}))?\s*$/.exec(part))
  const ranges = parts.map((part) => (part === null ? undefined : rangeOf(Number(part[1]), part[2])))
  return ranges.every((range) => range !== undefined) ? ranges.flat() : undefined
}

function rangeOf(from: number, end: string | undefined): readonly number[] | undefined {
  const to = end === undefined ? from : Number(end)
  if (to < from || to - from >= MOST) return undefined
  return Array.from({ length: to - from + 1 }, (_, at) => from + at)
}

/** An address of version 6 stands in brackets where it has a port. */
function readHost(text: string): NamedHost | undefined {
  const { user, inner, plain, port } = HOST.exec(text.trim())?.groups ?? {}
  const address = inner ?? plain
  if (address === undefined || !isPort(port ?? '1')) return undefined
  return {
    ...(user === undefined ? {} : { user }),
    address,
    ...(port === undefined ? {} : { port: Number(port) }),
  }
}

function isPort(text: string): boolean {
  return Number(text) > 0 && Number(text) < 65_536
}

const HOST =
  /^(?:(?<user>[A-Za-z_][A-Za-z0-9_.-]*)@)?(?:\[(?<inner>[0-9a-fA-F:.]+)\]|(?<plain>[A-Za-z0-9][A-Za-z0-9._-]*|[0-9a-fA-F:]*::[0-9a-fA-F:]*))(?::(?<port>\d{1,5}))?$/
