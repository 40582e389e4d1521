import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { liquidRenderer, compile } from '../../blueprints/index.js'
import type { Expression } from '../../engine/index.js'
import { OPTIONS } from './support/documents.js'

const folder = resolve(import.meta.dirname, '../../catalog/items/corner-shop')
const read = (name: string): string => readFileSync(resolve(folder, name), 'utf8')
const files = Object.fromEntries(['store.js', 'web.js', 'balancer.js'].map((name) => [name, read(name)]))
const main = { file: 'blueprint.yaml', text: read('blueprint.yaml') }

describe('the corner shop', () => {
  it('compiles without a warning', () => {
    expect(compile({ main, files }, OPTIONS)).toMatchObject({ kind: 'compiled', problems: [] })
  })

  it('names its artifacts when they did not come along', () => {
    expect(compile({ main, files: {} }, OPTIONS)).toEqual({
      kind: 'missing',
      files: ['balancer.js', 'store.js', 'web.js'],
    })
  })

  it('runs elsewhere by another name of a location', () => {
    const text = main.text.replace('location: local', 'location: docker')
    const [here, there] = [main.text, text].map((one) =>
      compile({ main: { file: 'b', text: one }, files }, OPTIONS),
    )
    const strip = (result: unknown): unknown =>
      JSON.parse(
        JSON.stringify(result)
          .replaceAll('"docker"', '"local"')
          .replace(/"place":\{"file":"b","range":\{"start":\{[^}]*\},"end":\{[^}]*\}\}\}/g, '"place":0'),
      )
    expect(strip(there)).toEqual(strip(here))
  })

  it('gives the balancer one line for each live member', () => {
    const result = compile({ main, files }, OPTIONS)
    const balancer = result.kind === 'compiled' ? result.spec.root.children[2]?.members?.spec : undefined
    const content = balancer?.software?.files[0]?.content as Extract<Expression, { kind: 'template' }>
    const members = [
      { address: '10.0.0.1', port: 80 },
      { address: '10.0.0.2', port: 81 },
    ]
    const rendered = liquidRenderer().render(content.text, { roles: { web: { members } } })
    expect('text' in rendered && rendered.text.split('\n').filter((line) => line.trim() !== '')).toEqual([
      '10.0.0.1:80',
      '10.0.0.2:81',
    ])
    expect(liquidRenderer().render(content.text, { roles: { web: { members: [] } } })).toHaveProperty('text')
  })
})
