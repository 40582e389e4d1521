import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { EntitySpec } from '../../engine/index.js'
import { shapeOptions, shippedShapes } from '../support/shapes.js'
import { compileText, services } from './support/documents.js'

const made = shippedShapes()
  .types.filter((type) => type.form === 'software' && type.shape === undefined)
  .map(({ name }) => name)

const COMMANDS = ['command', 'before', 'after']

describe('the software of a type that is made here', () => {
  it.each(made)('is commands that a shell and perl can read: %s', (name) => {
    const scripts = scriptsIn(specOf(name))
    expect(scripts.length).toBeGreaterThan(3)
    expect(scripts.flatMap(faultOf)).toEqual([])
  })

  it.each(made.filter((name) => name !== 'DebianSoftware'))(
    'is launched, looked at, and has its packages fetched: %s',
    (name) => {
      const phases = specOf(name).software?.phases
      expect(Object.keys(phases ?? {})).toEqual(
        expect.arrayContaining(['install', 'customize', 'launch', 'check']),
      )
      expect(phases?.install?.command).toMatchObject({ value: './packages $DEBIAN_PACKAGES' })
    },
  )

  it.each(['MySqlNode', 'MariaDbNode', 'PostgreSqlNode'])(
    'has every address of a database that its blueprints ask for: %s',
    (name) => {
      const sensors = specOf(name).sensors.map((sensor) => sensor.name)
      expect(sensors).toEqual(
        expect.arrayContaining([
          'datastore.url',
          'datastore.url.mapped.subnet',
          'datastore.url.mapped.public',
        ]),
      )
    },
  )
})

interface Script {
  readonly by: 'sh' | 'perl'
  readonly text: string
}

/** What runs on the machine, with literal text. */
function scriptsIn(part: unknown): readonly Script[] {
  if (typeof part !== 'object' || part === null) return []
  const own = Object.entries(part).flatMap(([key, held]) => scriptOf(key, held))
  return [...own, ...Object.values(part).flatMap(scriptsIn)]
}

function scriptOf(key: string, held: unknown): readonly Script[] {
  const text = (held as { readonly value?: unknown } | null)?.value
  if (typeof text !== 'string') return []
  if (text.startsWith('#!/usr/bin/perl')) return [{ by: 'perl', text }]
  return COMMANDS.includes(key) || text.startsWith('#!/bin/sh') || text.startsWith('# Sourced')
    ? [{ by: 'sh', text }]
    : []
}

function faultOf({ by, text }: Script): readonly string[] {
  const { status, stderr } = spawnSync(by, by === 'sh' ? ['-n'] : ['-c'], { input: text, encoding: 'utf8' })
  return status === 0 ? [] : [`${stderr}${text}`]
}

function specOf(name: string): EntitySpec {
  const result = compileText(services(`- type: ${name}`), shapeOptions())
  const spec = result.kind === 'compiled' ? result.spec.root.children[0] : undefined
  if (spec === undefined) throw new Error(JSON.stringify(result))
  return spec
}
