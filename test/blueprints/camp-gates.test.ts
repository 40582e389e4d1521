import { describe, expect, it } from 'vitest'
import type { EntitySpec, JsonObject } from '../../engine/index.js'
import { compileText, problemsOf, services } from './support/documents.js'

function entity(...lines: readonly string[]): EntitySpec {
  const result = compileText(services('- type: software', '  launch: x', ...lines.map((line) => `  ${line}`)))
  if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
  return result.spec.root.children[0]!
}

const WAITS = '$brooklyn:entity("db").attributeWhenReady("service.isUp")'

describe('a latch', () => {
  it.each<[written: string, gate: JsonObject]>([
    ['latch.provision: true', { name: 'latch.provision', stage: 'make' }],
    ['latch.start: true', { name: 'latch.start', stage: 'start' }],
    ['start.latch: true', { name: 'latch.start', stage: 'start' }],
    ['latchStart: true', { name: 'latch.start', stage: 'start' }],
    ['latch.setup: true', { stage: 'install' }],
    ['latch.preInstall.resources: true', { stage: 'install' }],
    ['latch.install.resources: true', { stage: 'install' }],
    ['latch.install: true', { stage: 'install' }],
    ['latch.customize.resources: true', { stage: 'customize' }],
    ['latch.customize: true', { stage: 'customize' }],
    ['latch.launch.resources: true', { stage: 'launch' }],
    ['latch.launch: true', { stage: 'launch' }],
    ['latch.stop: true', { stage: 'stop', within: 60_000 }],
    ['latch.launch: "yes"', { condition: { kind: 'literal', value: 'yes' } }],
    ['latch.launch: $brooklyn:config("go")', { condition: { kind: 'config', key: 'go' } }],
  ])('%s', (written, gate) => {
    expect(entity(written).gates).toMatchObject([gate])
    if (written.startsWith('latchStart')) return
    expect(entity(`brooklyn.config: { ${written} }`).gates).toMatchObject([gate])
  })

  it('of a cluster, a group and an application is theirs', () => {
    const result = compileText(`name: shop
latch.start: true
services:
  - type: cluster
    latch.launch: true
    memberSpec: { type: software, launch: x, latch.install: true }
  - type: group
    brooklyn.config: { latch.start: 1 }
    brooklyn.children: [{ type: software, launch: x }]
`)
    if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
    const { root } = result.spec
    const names = (spec: EntitySpec | undefined) => spec?.gates?.map(({ name }) => name)
    const [cluster, group] = root.children
    expect([names(root), names(cluster), names(cluster?.members?.spec), names(group)]).toEqual([
      ['latch.start'],
      ['latch.launch'],
      ['latch.install'],
      ['latch.start'],
    ])
  })

  it('that waits for who waits for it is refused with the path', () => {
    const found = problemsOf(
      services(
        `- { type: software, id: db, launch: x, latch.launch: '$brooklyn:entity("web").attributeWhenReady("service.isUp")' }`,
        `- { type: software, id: web, launch: x, latch.launch: '${WAITS}' }`,
      ),
    )
    expect(found.map(({ code }) => code)).toEqual(['BP1307'])
    expect(found[0]?.message).toContain('db waits for service.isUp of web')
  })
})

describe('a sensor that is a pool of permits', () => {
  it.each<[written: string, source: JsonObject]>([
    ['{ type: MaxConcurrencySensor, name: turns, latch.concurrency.max: 2 }', { kind: 'permits', most: 2 }],
    [
      '{ type: org.apache.brooklyn.core.sensor.MaxConcurrencySensor, brooklyn.config: { name: turns, latch.concurrency.max: "3" } }',
      { kind: 'permits', most: 3 },
    ],
    ['{ type: MaxConcurrencySensor, name: turns }', { kind: 'permits', most: Number.MAX_SAFE_INTEGER }],
  ])('%s', (written, source) => {
    expect(entity(`brooklyn.initializers: [${written}]`).sensors).toMatchObject([{ name: 'turns', source }])
  })

  it.each(['0', 'many', '-1', '1.5'])('does not have %s of them', (most) => {
    const written = `{ type: MaxConcurrencySensor, name: turns, latch.concurrency.max: ${most} }`
    const found = problemsOf(services('- type: entity', `  brooklyn.initializers: [${written}]`))
    expect(found.map(({ code }) => code)).toEqual(['BP1107'])
  })
})
