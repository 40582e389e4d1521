import { describe, expect, it } from 'vitest'
import { stockKinds } from '../../../policies/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { compileText } from '../support/documents.js'

const text = (keys: string): string => `name: Shop
location: sim
services:
- type: entity
  id: box
  brooklyn.initializers:
  - type: workflow-sensor
    sensor: seen
${keys.replaceAll(/^(?=.)/gm, '    ')}
  - type: workflow-effector
    name: ail
    steps: [ "set-sensor service.notUp.indicators['a'] = b" ]
`

/** What the sensor is after some time, and after as much again once the box is not up. */
async function seen(keys: string): Promise<readonly unknown[]> {
  const result = compileText(text(keys), { locations: ['sim'], policyKinds: stockKinds })
  if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
  const shop = await EngineHarness.open({ policyKinds: stockKinds })
  const value = (): unknown =>
    accepted(shop.engine.sensors(ann, 'shop', 'box')).find(({ name }) => name === 'seen')?.value
  await shop.deploy(result.spec, 0)
  await shop.settle(5_000)
  const first = value()
  await shop.settle(60_000)
  const second = value()
  accepted(await shop.engine.invoke('shop', 'box', { effector: 'ail', parameters: {} }, by))
  await shop.settle(50_000)
  const last = value()
  await shop.close()
  return [first, second, last]
}

const COUNTS = 'steps:\n- let integer n = ${entity.sensor.seen} ?? 0\n- let n = ${n} + 1\n- return ${n}'

describe('a sensor that is a workflow', () => {
  it('is run at once and each period', async () => {
    expect(await seen(`period: 25s\n${COUNTS}`)).toEqual([1, 3, 5])
  })

  it('is first run after its period where that is said', async () => {
    expect(await seen(`period: 25s\nskip_initial_run: true\n${COUNTS}`)).toEqual([undefined, 2, 4])
  })

  it.each([
    '',
    'condition: { target: 1, equals: 1 }\n',
    'condition: { sensor: service.state, when: present }\n',
  ])('is run while its entity is up alone, where that is said %s', async (condition) => {
    const [first, second, last] = await seen(`period: 25s\nonlyIfServiceUp: true\n${condition}${COUNTS}`)
    expect([first, second, last]).toEqual([1, 3, 3])
  })

  it.each(['', 'on-error: [ fail message b ]\n'])('has a value for when it fails %s', async (handler) => {
    const keys = `period: 25s\nvalue.on.error: none\n${handler}steps: [ fail message a ]`
    expect(await seen(keys)).toEqual(['none', 'none', 'none'])
  })

  it.each([
    ['suppressDuplicates: true', []],
    ['suppressDuplicates: false', ['BP1241']],
    ['logWarningGraceTime: 1m', ['BP1241']],
    ['logWarningGraceTimeOnStartup: 1m', ['BP1241']],
  ])('says what has no effect: %s', (key, codes) => {
    const result = compileText(text(`period: 25s\n${key}\n${COUNTS}`), {
      locations: ['sim'],
      policyKinds: stockKinds,
    })
    expect(result.kind === 'compiled' && result.problems.map(({ code }) => code)).toEqual(codes)
  })
})
