import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import type { EntityType } from '../../blueprints/resolve/type-lookup.js'
import type { EntitySpec, Json } from '../../engine/index.js'
import { compileText, services } from '../blueprints/support/documents.js'
import { shapeOptions, shippedShapes } from '../support/shapes.js'

const PAGE = resolve(import.meta.dirname, '../../docs/library.md')
const MARK = /(<!-- types -->\n\n)[^]*?(\n<!-- \/types -->)/

const options = shapeOptions()
const made = shippedShapes().types.filter((type) => type.shape === undefined)
const common = made.find(({ name }) => name === 'DebianSoftware')
const commonKeys = new Set(common?.keys?.map(({ name }) => name))

it('docs/library.md tells of each type that is made its keys, sensors and effectors', () => {
  const page = readFileSync(PAGE, 'utf8')
  const found = page.replace(MARK, (_all, before: string, after: string) => `${before}${told()}${after}`)
  if (process.env['WEIR_WRITE_LIBRARY'] !== undefined) writeFileSync(PAGE, found)
  expect(page).toMatch(MARK)
  expect(readFileSync(PAGE, 'utf8')).toBe(found)
})

function told(): string {
  const types = made.filter((type) => type !== common && !isAgain(type))
  return types.map(partOf).join('\n')
}

/** Tomcat of another number is the same. */
function isAgain({ name }: EntityType): boolean {
  return /^Tomcat\d/.test(name)
}

function partOf(type: EntityType): string {
  const keys = (type.keys ?? []).filter(({ name, idle }) => idle !== true && !commonKeys.has(name))
  const spec = specOf(type.name)
  const rows = keys.map(({ name, flags, description = '' }) => {
    const short = flags.map((flag) => `\`${flag}\``).join(', ')
    return `| \`${name}\` | ${short} | ${description} |\n`
  })
  const table = rows.length === 0 ? '' : `\n| key | short | |\n| --- | --- | --- |\n${rows.join('')}`
  return [
    `### ${type.name}\n${table}`,
    `Sensors: ${words(sensorsOf(spec))}.\n`,
    ...(spec.effectors.length === 0
      ? []
      : [`Effectors: ${words(spec.effectors.map(({ name }) => name))}.\n`]),
  ].join('\n')
}

function words(names: readonly string[]): string {
  return [...new Set(names)].map((name) => `\`${name}\``).join(', ')
}

/** Its own, those that its enrichers give, and where it is reached. */
function sensorsOf({ sensors, enrichers, machine, members }: EntitySpec): readonly string[] {
  const given = enrichers.flatMap(({ config }) => {
    const { target, sensors: handedOn } = config
    return [target, ...(handedOn?.kind === 'list' ? handedOn.items : [handedOn])].flatMap((one) =>
      one?.kind === 'literal' ? namesIn(one.value) : [],
    )
  })
  const reached = machine === undefined ? [] : ['host.address', 'main.uri']
  return [
    ...reached,
    ...sensors.map(({ name }) => name),
    ...given,
    ...(members === undefined ? [] : ['members']),
  ]
}

function namesIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}

function specOf(name: string): EntitySpec {
  const result = compileText(services(`- type: ${name}`), options)
  const spec = result.kind === 'compiled' ? result.spec.root.children[0] : undefined
  if (spec === undefined) throw new Error(`${name} does not compile`)
  return spec
}
