import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { DIALECTS, campSchema, stockTypes } from '../../blueprints/index.js'

const schemas = [
  ...DIALECTS.map(({ name, schema }) => [name, schema] as const),
  ...stockTypes().map(({ name, schema }) => [`type ${name}`, schema] as const),
]

describe('a schema that is handed to editors', () => {
  it.each(schemas)('is one by the standard: %s', (_name, schema) => {
    const ajv = new Ajv2020({ strict: false })
    expect(ajv.validateSchema(schema)).toBe(true)
    expect(ajv.errors).toBeNull()
  })

  it('knows the same document as the compiler', () => {
    const check = new Ajv2020({ strict: false }).compile(campSchema)
    expect(check({ name: 'Shop', roles: [{ name: 'web', launch: 'node web.js' }] })).toBe(true)
    expect(check({ name: 'Shop', servcies: [] })).toBe(false)
  })
})
