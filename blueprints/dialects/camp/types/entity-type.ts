import type { TranslationDesk } from '../../../dialect.js'
import type { ProblemExtras } from '../../../problems.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { present } from '../../../resolve/present.js'
import type { EntityType } from '../../../resolve/type-lookup.js'
import { nearestName, suggestionFor } from '../../../suggest.js'
import { hasBalancer } from '../software/balance.js'
import type { Fields, Key } from '../keys.js'
import type { CampReader } from '../reader.js'

/** The type that an entity names, or else that follows from its keys, so that one mistake stays one. */
export function typeOf(fields: Fields, reader: CampReader): EntityType | undefined {
  const { desk } = reader
  const { types } = desk.input
  const written = fields.get('type')
  if (written?.text === undefined) {
    if (written === undefined) reportUnsaid(fields, desk)
    return types.find(impliedType(fields))
  }
  const found = types.find(written.text)
  if (found !== undefined) return found
  if (/Windows|Winrm/i.test(written.text)) {
    desk.report('BP1205', `there is no type "${written.text}"`, written, { hint: NO_WINDOWS })
    return types.find(impliedType(fields))
  }
  const isSlip = nearestName(written.text, types.names()) !== undefined
  const listed = suggestionFor(written.text, types.names())
  const hint = isSlip ? listed : (desk.input.unknownType ?? listed)
  desk.report(
    'BP1205',
    `there is no type "${written.text}"`,
    written,
    typeExtras(written, types.names(), hint),
  )
  return types.find(impliedType(fields))
}

const NO_WINDOWS = 'no machine with Windows can be had here; write it as software on one with a shell'

function typeExtras(
  written: DocumentNode,
  names: readonly string[],
  hint: string | undefined,
): ProblemExtras {
  const near = nearestName(written.text ?? '', names)
  if (hint === undefined || near === undefined) return present({ hint })
  return {
    hint,
    fix: { title: `Change it to "${near}"`, edits: [{ range: written.place.range, text: near }] },
  }
}

function impliedType(fields: Fields): string {
  const has = (...keys: readonly Key[]): boolean => keys.some((key) => fields.get(key) !== undefined)
  if (has('memberSpec')) return 'role'
  if (has('run')) return 'job'
  if (has('launch', 'launchWorkflow')) return 'software'
  if (has('balance')) return hasBalancer(fields) ? 'software' : 'group'
  if (has('image')) return 'container'
  if (has('install', 'customize', 'offering', 'cores', 'memory', 'provisioning')) return 'machine'
  return 'group'
}

function reportUnsaid(fields: Fields, desk: TranslationDesk): void {
  const says = ['children', 'roles', 'config', 'sensors', 'balance'] as const
  if (
    impliedType(fields) !== 'group' ||
    says.some((key) => fields.get(key) !== undefined) ||
    !fields.node.isMap
  )
    return
  const hint = 'add "launch:" for a program, "image:" for a container, or "type:"'
  const name = fields.node.get('name') ?? fields.node.get('id')
  const place = name?.place ?? fields.node.keyPlace
  desk.reportAt('BP1207', `${nameOf(fields)} does not say what it is`, place, {
    pointer: fields.node.pointer,
    hint,
  })
}

/** What an entity is called in messages, as far as it has a name. */
export function nameOf(fields: Fields): string {
  const name = fields.get('name')?.text ?? fields.get('id')?.text ?? fields.node.key
  return `"${name}"`
}
