/** A host and one of its ports. */
export interface HostAndPort {
  readonly host: string
  readonly port: number
}

/** What 'host:port' or '[address]:port' names; undefined for anything else. */
export function hostAndPort(text: string): HostAndPort | undefined {
  const [, bracketed, plain, digits = ''] = WRITTEN.exec(text.trim()) ?? []
  const host = bracketed ?? plain
  const port = Number(digits)
  return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port }
}

const WRITTEN = /^(?:\[([0-9a-fA-F:.]+(?:%[A-Za-z0-9]+)?)\]|([^\s:/[\]@]+)):([0-9]{1,5})$/
