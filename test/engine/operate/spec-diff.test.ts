import { expect, it } from 'vitest'
import { literal } from '../../../engine/index.js'
import { specDiff } from '../../../engine/operate/changes/spec-diff.js'
import { changedParts } from '../../../engine/reconcile/decide/gap.js'
import type { Json } from '../../../engine/support/json.js'
import { application, service, software } from '../../support/specs.js'

const shop = (content: string, more: readonly string[] = []): Parameters<typeof specDiff>[0] => {
  const files = [...more, 'web.js'].map((path) => ({ path, content: literal(content), mode: 420 }))
  return application([service('web', { software: software({ launch: 'serve' }, { files }) })])
}

it('finds a file by its path, wherever it stands in the list', () => {
  const found = specDiff(shop('old'), shop('old', ['new.js']))
  expect(found).toEqual([{ path: expect.stringMatching(/files\.new\.js$/), to: expect.anything() }])
  expect(specDiff(shop('old'), shop('new')).map(({ path }) => path)).toEqual([
    expect.stringMatching(/files\.web\.js\.content$/),
  ])
})

it('tells of a long text how long it is and that it is another', () => {
  const files = (content: string): Json => [{ path: 'web.js', content: { kind: 'literal', value: content } }]
  const [change, ...others] = changedParts(files('one\ntwo\n'), files('one\ntwo\nthree\n'), 'launch.files')
  expect(others).toEqual([])
  expect(change).toMatch(/^launch\.files\.web\.js: 2 lines \([0-9a-f]{8}\) → 3 lines \([0-9a-f]{8}\)$/)
})
