import { Liquid } from 'liquidjs'
import type { Json } from '../../engine/index.js'
import { haproxyConfig } from '../balancers/haproxy-config.js'
import { nginxConfig, nginxServers } from '../balancers/nginx-config.js'

/** Longest text of a template. */
export const TEMPLATE_LENGTH = 262_144

/** Tags that read other files, and filters that read the clock or chance. */
const NO_TAGS = ['include', 'render', 'layout', 'block']
const NO_FILTERS = [
  'date',
  'date_to_xmlschema',
  'date_to_rfc822',
  'date_to_string',
  'date_to_long_string',
  'sample',
  'inspect',
]

/** Filters that turn a set of back ends (the sensor `backends`) into the configuration of a balancer, or a part of it. */
const BALANCERS = { haproxy: haproxyConfig, nginx: nginxConfig, nginx_servers: nginxServers }

/** A template language without files, clock, chance or prototypes; what is not there is an error. */
export function newLiquid(memory: number): Liquid {
  const liquid = new Liquid({
    strictVariables: true,
    strictFilters: true,
    ownPropertyOnly: true,
    dynamicPartials: false,
    lenientIf: true,
    // Not the machine's, which is slow to ask for and no business of a document.
    locale: 'en-US',
    parseLimit: TEMPLATE_LENGTH,
    memoryLimit: memory,
    templates: {},
  })
  for (const tag of NO_TAGS) Reflect.deleteProperty(liquid.tags, tag)
  for (const filter of NO_FILTERS) Reflect.deleteProperty(liquid.filters, filter)
  for (const [name, filter] of Object.entries(BALANCERS))
    liquid.registerFilter(name, (set: unknown) => filter(set as Json))
  return liquid
}
