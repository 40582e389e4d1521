import { describe, expect, it } from 'vitest'
import type { Json, Problem } from '../../engine/index.js'
import { corpusFiles, corpusIsThere, corpusText } from '../support/camp-corpus.js'
import { problemsOf } from './support/documents.js'

/** Where a reference is, while it is followed: `x` is whose value it is. */
type Who = 'x' | 'inner' | 'sibling' | 'nephew' | 'parent' | 'grandparent' | 'application'

/** The entities of the test by where they are seen from. */
const PARENTS: { readonly [who in Who]?: Who } = {
  x: 'parent',
  inner: 'x',
  sibling: 'parent',
  nephew: 'sibling',
  parent: 'grandparent',
  grandparent: 'application',
}
const CHILDREN: { readonly [who in Who]?: Who } = { x: 'inner', parent: 'sibling', sibling: 'nephew' }

/** Each function of a reference: its call, and where it leads. */
const STEPS: { readonly [name: string]: (from: Who, places: number) => readonly [call: string, to: Who] } = {
  component: (from, places) => {
    if (places === 1) return ['component("sibling")', 'sibling']
    return from === 'x'
      ? ['component("sibling", "sibling")', 'sibling']
      : ['component("descendant", "nephew")', 'nephew']
  },
  entity: () => ['entity("sibling")', 'sibling'],
  sibling: () => ['sibling("sibling")', 'sibling'],
  child: (from) => below(from, 'child'),
  descendant: (from) => below(from, 'descendant'),
  ancestor: () => ['ancestor("parent")', 'parent'],
  parent: (from) => ['parent()', PARENTS[from] ?? 'application'],
  root: () => ['root()', 'application'],
  scopeRoot: () => ['scopeRoot()', 'application'],
  self: (from) => ['self()', from],
}

function below(from: Who, name: string): readonly [string, Who] {
  const to = CHILDREN[from] ?? 'nephew'
  return [`${name}("${to}")`, to]
}

/** What a reference asks of where it leads. */
type Asks = 'sensor' | 'config'

interface Closed {
  readonly shape: string
  readonly asks: Asks
  readonly text: string
  readonly to: Who
}

const CALL = /([a-zA-Z]+)\(((?:[^()"']|"[^"]*"|'[^']*')*)\)/
const REFERENCE = new RegExp(`\\$brooklyn:(${CALL.source}(\\.${CALL.source})*)`, 'g')

/** The shapes of all references in a text: names of functions with the number of their arguments. */
function shapesIn(text: string): readonly string[] {
  const references = [...text.matchAll(REFERENCE)].map(([, chain = '']) => chain)
  return references.flatMap((chain) => {
    const calls = [...chain.matchAll(new RegExp(CALL.source, 'g'))].map(
      ([, name = '', given = '']) => [name, given.trim() === '' ? 0 : given.split(',').length] as const,
    )
    const isReference = calls.every(
      ([name]) => name in STEPS || name === 'attributeWhenReady' || name === 'config',
    )
    return isReference ? [calls.map(([name, places]) => `${name}/${places}`).join('.')] : []
  })
}

/** A reference of a shape, closed by what it asks; where it asks nothing, by each that it could. */
function closings(shape: string): readonly Closed[] {
  const calls = shape.split('.').map((call) => call.split('/') as [string, string])
  let to = 'x' as Who
  let asked: Asks | undefined
  const texts = calls.flatMap(([name, places]) => {
    if (name === 'attributeWhenReady' || name === 'config') {
      asked = name === 'config' ? 'config' : 'sensor'
      return []
    }
    const [call, next] = STEPS[name]?.(to, Number(places)) ?? ['', to]
    to = next
    return [call]
  })
  const path = texts.map((call) => `${call}.`).join('')
  const asks: readonly Asks[] = asked === undefined ? ['sensor', 'config'] : [asked]
  const target: Who = to
  return asks
    .filter((one) => one === 'config' || target !== 'application')
    .map((one) => ({
      shape,
      asks: one,
      text: `$brooklyn:${path}${one === 'config' ? 'config("k")' : 'attributeWhenReady("depth")'}`,
      to: target,
    }))
}

/** A landscape in which `x` refers to another entity, and that one back to it. */
function loop({ asks, text, to }: Closed): string {
  const back =
    asks === 'config'
      ? '$brooklyn:component("x").config("k")'
      : '$brooklyn:component("x").attributeWhenReady("depth")'
  const value = (who: Who): string | undefined => (who === 'x' ? text : who === to ? back : undefined)
  const entity = (who: Who, ...inside: readonly Json[]): Json => {
    const own = value(who)
    return {
      type: 'software',
      id: who,
      launch: 'run',
      sensors: { depth: { command: 'look' } },
      ...(own === undefined
        ? {}
        : asks === 'config'
          ? { config: { k: own } }
          : { environment: { WAIT: own } }),
      'brooklyn.children': inside,
    }
  }
  const document = {
    name: 'Loop',
    location: 'local',
    ...(to === 'application' ? { 'brooklyn.config': { k: back } } : {}),
    services: [
      entity(
        'grandparent',
        entity('parent', entity('x', entity('inner')), entity('sibling', entity('nephew'))),
      ),
    ],
  }
  return JSON.stringify(document)
}

const shapes = [...new Set(corpusFiles().flatMap((file) => shapesIn(corpusText(file))))].sort()

describe.runIf(corpusIsThere)('every shape of reference that the corpus has', () => {
  it('is found', () => {
    expect(shapes.length).toBeGreaterThanOrEqual(12)
    expect(shapes).toContain('ancestor/1.descendant/1.attributeWhenReady/1')
  })

  it.each(shapes.flatMap(closings))(
    'is refused with the whole path when it is closed to a loop: $text',
    (closed) => {
      const errors = problemsOf(loop(closed)).filter(({ severity }) => severity === 'error')
      expect(errors.map(({ code }) => code)).toEqual([closed.asks === 'config' ? 'BP1306' : 'BP1307'])
      for (const who of ['x', closed.to]) expect(inWords(errors[0])).toContain(who)
    },
  )
})

function inWords(problem: Problem | undefined): string {
  return problem?.message ?? ''
}
