import { describe, expect, it } from 'vitest'
import { compile } from '../../../blueprints/index.js'
import type { Compile } from '../../../server/handlers/index.js'
import { runWeir } from '../../support/cli-run.js'

const NO_SERVER = 'http://127.0.0.1:1'
const SHOP = 'name: shop\nrole: web 1..2 1\n'

const prove = (words: readonly string[], files: Record<string, string> = {}) =>
  runWeir(NO_SERVER, ['policy', 'prove', 'shop.tiny', ...words], { files: { 'shop.tiny': SHOP, ...files } })

describe('weir policy prove', () => {
  it('says what was tried, without a server, and how it goes on meanwhile', async () => {
    const { exit, out, err } = await prove(['--faults', '1', '--steps', '0', '--most', '2'])
    expect([exit, err]).toEqual([0, expect.stringMatching(/^\d+ schedules, 1 of \d+ first faults\n$/)])
    expect(out).toMatch(/Schedules: +2 tried/)
    expect(out).toMatch(/Proved: +all laws held, as far as it went/)
  })

  it('goes through all of it where nobody says how much is enough', async () => {
    const { exit, out } = await prove(['--faults', '2', '--steps', '0', '-o', 'json'])
    expect(exit).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ application: 'shop', firsts: 4 })
    expect(JSON.parse(out)).not.toHaveProperty('next')
  })

  it('ends with 1 where a law is broken, and writes how, so that it happens again', async () => {
    const document = 'name: shop\nlocation: local\nroles: [{ name: web, launch: "false" }]\n'
    const files = { 'shop.yaml': document }
    const compiled: Compile = (sources, { parameters }) => compile(sources, { parameters })
    const weir = (words: readonly string[], more: Record<string, string> = {}) =>
      runWeir(NO_SERVER, ['policy', 'prove', 'shop.yaml', ...words], {
        files: { ...files, ...more },
        compile: compiled,
      })
    const found = await weir(['--within', '2m', '--trace', 'trace.json'])
    expect([found.exit, found.out]).toEqual([
      1,
      expect.stringMatching(/Proved: +no\n[^]*\nBroken: settles: /),
    ])
    const written = { 'trace.json': found.files['trace.json'] ?? '' }
    const again = await weir(['--within', '2m', '--replay', 'trace.json'], written)
    expect([again.exit, again.err]).toEqual([1, ''])
    expect((await weir(['--within', '2m', '--replay', 'trace.json', '-o', 'json'], written)).out).toBe(
      written['trace.json'],
    )
  })

  it('plays a schedule again, and says so where it goes another way', async () => {
    const first = await prove(['--replay', 'trace.json', '-o', 'json'], { 'trace.json': '{"schedule":[]}' })
    expect([first.exit, first.err]).toEqual([0, expect.stringContaining('another way')])
    const again = await prove(['--replay', 'trace.json'], { 'trace.json': first.out })
    expect([again.exit, again.err, again.out]).toEqual([0, '', expect.stringContaining('All laws held.')])
  })

  it.each([
    [['--faults', '3'], 64],
    [['--within', 'ever'], 64],
    [['--replay', 'nothing.json'], 66],
    [['--replay', 'shop.tiny'], 66],
  ] as const)('ends %s with a code of its own', async (words, code) => {
    expect((await prove(words)).exit).toBe(code)
  })

  it('refuses a schedule whose faults cannot befall the blueprint, and a document that is at fault', async () => {
    const schedule = [{ after: 0, fault: { kind: 'machine-dies', of: 'db' } }]
    const { exit, err } = await prove(['--replay', 't.json'], { 't.json': JSON.stringify({ schedule }) })
    expect([exit, err]).toEqual([3, expect.stringContaining('cannot befall')])
    expect((await prove([], { 'shop.tiny': 'nonsense: 1\n' })).exit).toBe(3)
  })
})
