import { describe, expect, it } from 'vitest'
import { Running } from './brooklyn/running.js'
import { type Lines, at, optionsWith, specOf, warningsOf } from './brooklyn/support.js'

const spec = (name: string): string => `{ $brooklyn:entitySpec: { type: entity, name: ${name} } }`
const options = { ...optionsWith(), locations: ['local', 'there', 'sim'] }

/** A document with an entity that has a child for some places. */
const document = (where: string, ...lines: Lines): Lines => [
  where,
  'services:',
  '- type: org.apache.brooklyn.entity.stock.LocationEntity',
  '  id: chooser',
  ...lines.map((line) => `  ${line}`),
]

/** The name of the child that was chosen. */
function chosen(lines: Lines): string | undefined {
  return at(specOf(lines, options), 0).conditional?.[0]?.spec.displayName
}

const SPECS: Lines = [
  'brooklyn.config:',
  '  location.entity.spec:',
  `    there: ${spec('for-there')}`,
  `    LocalhostMachineProvisioningLocation: ${spec('for-local')}`,
  `    default: ${spec('else')}`,
]
const DOTTED: Lines = [
  'brooklyn.config:',
  `  location.entity.spec.there: ${spec('for-there')}`,
  `  location.entity.spec.default: ${spec('else')}`,
]

describe('an entity with a child by location', () => {
  it.each<readonly [what: string, lines: Lines, child: string | undefined]>([
    ['that of its location', document('location: there', ...SPECS), 'for-there'],
    [
      "that of what Brooklyn calls its location's kind",
      document('location: localhost', ...SPECS),
      'for-local',
    ],
    ['the other one elsewhere', document('location: sim', ...SPECS), 'else'],
    ['the other one nowhere', document('name: Shop', ...SPECS), 'else'],
    ['that of a key of its own', document('location: there', ...DOTTED), 'for-there'],
    ['the other one of a key of its own', document('location: sim', ...DOTTED), 'else'],
    ['that of a location of its own', document('location: sim', 'location: there', ...SPECS), 'for-there'],
    [
      'none where there is none for it',
      document('location: sim', `entitySpec: { there: ${spec('x')} }`),
      undefined,
    ],
    ['that of its flag', document('location: there', `entitySpec: { there: ${spec('x')} }`), 'x'],
  ])('has %s', (_what, lines, child) => {
    expect(chosen(lines)).toBe(child)
    expect(warningsOf(lines, options)).toEqual([])
  })

  it('has the sensors of its child, and says who that is and where', async () => {
    const running = await Running.of(
      document(
        'location: sim',
        'brooklyn.config:',
        '  location.entity.spec.sim:',
        '    $brooklyn:entitySpec: { type: entity, id: inner, sensors: { depth: { value: 4 } } }',
      ),
    )
    const seen = ['location.entity', 'location.entity.type', 'depth', 'service.isUp']
    expect(seen.map((name) => running.sensor('chooser', name))).toEqual(['chooser/inner', 'sim', 4, true])
    await running.close()
  })
})
