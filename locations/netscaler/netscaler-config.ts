import { Failure, Secret, isJsonObject, type Json, type JsonObject } from '../../engine/index.js'

/** A NetScaler as people configure it. */
export interface NetscalerConfig {
  /** Where its NITRO API is, e.g. https://10.0.0.2. */
  readonly url: string
  readonly user: string
  readonly password: Secret
  /** Load balancing virtual servers, by the port that a set listens on. */
  readonly vservers: { readonly [port: string]: string }
  /** Certificates, as PEM, by which it is known. @default those that everybody knows */
  readonly ca?: string
  /** Milliseconds for one request. @default 10000 */
  readonly timeout: number
  /** Milliseconds between looks. @default 10000 */
  readonly observePeriod: number
}

/** Reads a configuration. Throws a Failure ('invalid', never) that names every fault at once. */
export function netscalerConfig(config: JsonObject): NetscalerConfig {
  const faults = [
    ...Object.keys(config)
      .filter((key) => !Object.hasOwn(EXPECTED, key))
      .map((key) => `${key}: not known; known are ${Object.keys(EXPECTED).join(', ')}`),
    ...Object.entries(EXPECTED)
      .filter(([key, { is, optional }]) => (config[key] === undefined ? optional !== true : !is(config[key])))
      .map(([key, { what }]) => `${key}: ${what}`),
  ]
  if (faults.length > 0)
    throw new Failure({
      cause: 'invalid',
      retry: 'never',
      message: `NetScaler location: ${faults.join('; ')}`,
    })
  const { url, password, ...rest } = config
  return {
    ...DEFAULTS,
    ...rest,
    url: (url as string).replace(/\/+$/, ''),
    password: typeof password === 'string' ? new Secret('password', password) : password,
  } as unknown as NetscalerConfig
}

const DEFAULTS = { timeout: 10_000, observePeriod: 10_000 } as const

interface Expected {
  readonly what: string
  readonly optional?: true
  readonly is: (value: Json | undefined) => boolean
}

const EXPECTED: { readonly [key in keyof NetscalerConfig]-?: Expected } = {
  url: { what: 'http:// or https:// and a host', is: isUrl },
  user: { what: 'a name', is: isText },
  password: {
    what: 'a text, kept as {"$secret": TEXT}',
    is: (value) => isText(value) || (value as unknown) instanceof Secret,
  },
  vservers: { what: 'a map of names of virtual servers by port', is: isVservers },
  ca: { what: 'certificates as PEM', optional: true, is: isText },
  timeout: { what: 'milliseconds, more than 0', optional: true, is: isPositive },
  observePeriod: { what: 'milliseconds, more than 0', optional: true, is: isPositive },
}

function isText(value: Json | undefined): boolean {
  return typeof value === 'string' && value !== ''
}

function isUrl(value: Json | undefined): boolean {
  return typeof value === 'string' && /^https?:\/\/[^/?#\s]+\/*$/.test(value) && URL.canParse(value)
}

function isVservers(value: Json | undefined): boolean {
  return (
    isJsonObject(value) &&
    Object.entries(value).every(([port, name]) => /^[1-9]\d{0,4}$/.test(port) && isText(name))
  )
}

function isPositive(value: Json | undefined): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value > 0
}
