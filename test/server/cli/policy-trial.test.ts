import { describe, expect, it } from 'vitest'
import { runWeir } from '../../support/cli-run.js'

const NO_SERVER = 'http://127.0.0.1:1'

const GOOD = [
  'policy: follow',
  'parameters: { high: 50 }',
  'does:',
  '  type: rules',
  '  readings: { load: { sensor: load } }',
  '  rules: [{ name: grow, when: load > high, for: 10s, scale: count + 1 }]',
  'tests:',
  '  - it: grows',
  '    given: [{ at: 0s, read: { load: 90 } }]',
  '    expect: [{ at: 10s, scale: 2 }]',
].join('\n')

const run = (words: readonly string[], text = GOOD) =>
  runWeir(NO_SERVER, ['policy', ...words], { files: { 'follow.policy.yaml': text } })

describe('weir policy check', () => {
  it('says that a document is right, without a server', async () => {
    expect(await run(['check', 'follow.policy.yaml'])).toMatchObject({
      exit: 0,
      out: 'follow.policy.yaml: valid\n',
    })
  })

  it('shows what is wrong where it is, and ends with the code of invalid input', async () => {
    const { exit, out } = await run(
      ['check', 'follow.policy.yaml'],
      GOOD.replace('load > high', 'laod > high'),
    )
    expect(exit).toBe(3)
    expect(out).toContain('error[BP1602]')
    expect(out).toContain('follow.policy.yaml:6:31')
    expect((await run(['check', 'follow.policy.yaml', '-o', 'json'], 'policy: x\n')).out).toContain(
      '"BP1104"',
    )
  })

  it('wants a blueprint where an entity is named', async () => {
    expect((await run(['check', 'follow.policy.yaml', '--entity', 'web'])).exit).toBe(64)
  })
})

describe('weir policy test', () => {
  it('says of each test whether it passed', async () => {
    const { exit, out } = await run(['test', 'follow.policy.yaml'])
    expect([exit, out]).toEqual([0, 'follow\n  ✓ grows\n1 of 1 passed\n'])
  })

  it('ends with the code of a failure where one did not, and says why', async () => {
    const { exit, out } = await run(['test', 'follow.policy.yaml', '--set', 'high=95'])
    expect(exit).toBe(1)
    expect(out).toContain('"scale to 2" was expected at 10 s')
    expect(out).toContain('0 of 1 passed')
  })

  it('reports to build servers, in the same bytes each time', async () => {
    const { files, out } = await run(['test', 'follow.policy.yaml', '--junit', 'junit.xml', '-o', 'json'])
    expect(files['junit.xml']).toBe(
      [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<testsuites>',
        '  <testsuite name="follow" tests="1" failures="0">',
        '    <testcase classname="follow" name="grows"/>',
        '  </testsuite>',
        '</testsuites>',
        '',
      ].join('\n'),
    )
    expect(JSON.parse(out)).toMatchObject({ passed: true, tests: [{ name: 'grows', passed: true }] })
  })

  it('does not run those of a document that is at fault', async () => {
    const { exit, out, err } = await run(
      ['test', 'follow.policy.yaml'],
      GOOD.replace('scale: 2', 'scale: 200'),
    )
    expect([exit, out]).toEqual([3, ''])
    expect(err).toContain('BP1615')
    expect((await run(['test', 'follow.policy.yaml', '--set', 'hihg=3'])).exit).toBe(3)
  })
})
