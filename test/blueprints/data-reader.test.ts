import { expect, it } from 'vitest'
import { yamlDataReader } from '../../blueprints/index.js'

const { read } = yamlDataReader()

it.each<[string, unknown]>([
  ['{"a": [1, "b"]}', { a: [1, 'b'] }],
  ['a: 1\nb: two\n', { a: 1, b: 'two' }],
  ['7', 7],
  ['words that are a text', 'words that are a text'],
  ['starting up\nmore: [noise\n---\na: 1\n', { a: 1 }],
  ['a: 1\n---\nb: 2', { b: 2 }],
])('reads %j as data', (text, value) => {
  expect(read(text)).toEqual({ value })
})

it.each(['a: [1', '', '\ta: 1', '&a [*a]'])('says why %j is no data', (text) => {
  expect(read(text)).toEqual({ error: expect.stringMatching(/\w/) as string })
})
