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

  it('runs those of several documents, and reports on all of them', async () => {
    const both = ['test', 'follow.policy.yaml', 'follow.policy.yaml']
    const { exit, out, files } = await run([...both, '--junit', 'junit.xml'])
    expect([exit, out]).toEqual([0, Array(2).fill('follow\n  ✓ grows\n1 of 1 passed\n').join('\n')])
    expect(files['junit.xml']?.match(/<testsuite /g)).toHaveLength(2)
    expect(JSON.parse((await run([...both, '-o', 'json'])).out)).toHaveLength(2)
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

describe('weir policy backtest, diff and simulate', () => {
  const BAND = [
    'policy: band',
    'does: { type: autoscale, lower: 20, upper: 50, scaleOutAfter: 0 }',
    'pool: { min: 1, max: 10, initial: 2, startDelay: 1 min, cost: 0.5 }',
    'slo: [{ sensor: load, atMost: 50 }]',
  ].join('\n')
  const data = [
    'time,load',
    ...Array.from({ length: 30 }, (_, at) => `${1_767_225_600 + at * 60},${at < 10 ? 80 : 180}`),
  ]
  const files = {
    'band.yaml': BAND,
    'wide.yaml': BAND.replace('upper: 50', 'upper: 90').replace('band', 'wide'),
    'load.csv': data.join('\n'),
  }
  const play = (...words: readonly string[]) => runWeir(NO_SERVER, ['policy', ...words], { files })

  it('tells what the policy did and what came of it, and draws it', async () => {
    const {
      exit,
      out,
      files: after,
    } = await play('backtest', 'band.yaml', '--data', 'load.csv', '--chart', 'load.html')
    expect(exit).toBe(0)
    expect(out).toContain(
      'SLO load <= 50:  BROKEN: 96.6667% of the time, 99% is promised; broken for 60 s, 60 s in a row at most',
    )
    expect(out).toContain('2026-01-01T00:10:00.000Z  scale to 4: ')
    expect(after['load.html']).toContain('<!doctype html>')
    const again = await play('backtest', 'band.yaml', '--data', 'load.csv', '--chart', 'load.html')
    expect(again.out).toBe(out)
    expect(again.files).toEqual(after)
  })

  it('takes another promise', async () => {
    const { out } = await play(
      'backtest',
      'band.yaml',
      '--data',
      'load.csv',
      '--slo',
      'load<=100@50%',
      '-o',
      'json',
    )
    expect(JSON.parse(out)).toMatchObject({
      slo: [{ sensor: 'load', limit: 100, share: 0.5, kept: 1, met: true }],
    })
    expect((await play('backtest', 'band.yaml', '--data', 'load.csv', '--slo', 'load<100')).exit).toBe(64)
  })

  it('puts two beside each other', async () => {
    const { exit, out } = await play('diff', 'band.yaml', 'wide.yaml', '--data', 'load.csv')
    expect(exit).toBe(0)
    expect(out).toMatch(/^Policy: +band +wide$/m)
    expect(out).toMatch(/^Decisions: +1 out, 0 in, .* +0 out, 0 in/m)
  })

  it('makes a load up from a seed', async () => {
    const words = [
      'simulate',
      'band.yaml',
      '--load',
      'spikes',
      '--peak',
      '400',
      '--for',
      '2h',
      '--failures',
      '2',
      '--seed',
      '9',
      '-o',
      'json',
    ]
    const { exit, out } = await play(...words)
    expect([exit, (await play(...words)).out]).toEqual([0, out])
    expect((JSON.parse(out) as { readonly failures: number }).failures).toBeGreaterThan(0)
  })

  it.each([
    [['backtest', 'band.yaml'], 64],
    [['backtest', 'band.yaml', '--data', 'nowhere.csv'], 66],
    [['backtest', 'band.yaml', '--data', 'band.yaml'], 3],
    [['simulate', 'band.yaml', '--load', 'sideways'], 3],
    [['simulate', 'band.yaml', '--base', 'much'], 64],
    [['simulate', 'band.yaml', '--for', 'ever'], 64],
  ] as const)('%j ends with %i', async (words, exit) => {
    expect((await play(...words)).exit).toBe(exit)
  })
})
