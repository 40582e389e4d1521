import { afterEach, expect, it } from 'vitest'
import { EngineHarness } from '../../support/engine-harness.js'
import { application, entity, machine, startsAfter } from '../../support/specs.js'

const LINKS = 20

let bench: EngineHarness
afterEach(() => bench.close())

it('commits what was heard of one and what follows from it for the next together', async () => {
  bench = await EngineHarness.open()
  const commits: (readonly string[])[] = []
  const watch = bench.store.watch(0).subscribe((event) => {
    if (event.kind === 'commit') commits.push(event.commit.changes.map(({ key }) => key))
  })
  const links = Array.from({ length: LINKS }, (_, at) =>
    entity(`n${at}`, { machine: machine(), relations: at === 0 ? [] : [startsAfter(`n${at - 1}`)] }),
  )
  await bench.deploy(application(links))
  watch.unsubscribe()
  expect(bench.shop.state).toBe('running')
  for (let at = 1; at < LINKS; at += 1) {
    const both = [`slot/shop/n${at - 1}`, `slot/shop/n${at}`]
    expect(commits.some((keys) => both.every((key) => keys.includes(key)))).toBe(true)
  }
  expect(commits.filter((keys) => keys.some((key) => key.startsWith('slot/')))).toHaveLength(LINKS + 1)
})
