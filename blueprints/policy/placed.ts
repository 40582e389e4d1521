import type { Problem } from '../../engine/index.js'
import { type ProblemCode, problem } from '../problems.js'
import { pathOf } from '../read/document.js'
import type { DocumentNode } from '../read/document-node.js'
import { present } from '../resolve/present.js'

/** Codes of this room for those that policies give. */
const CODES: { readonly [code: string]: ProblemCode } = {
  'policy-config-unknown-key': 'BP1103',
  'policy-config-missing': 'BP1104',
  'policy-sensor-unknown': 'BP1204',
  'policy-reading-type': 'BP1612',
  'policy-swings': 'BP1613',
  'policy-window': 'BP1614',
  'policy-test': 'BP1615',
  'policy-bounds': 'BP1616',
}

/** A problem that was told by a pointer, where that points to: the key of a map that is not known, else the value. */
export function placed(
  { code, severity, message, hint, pointer = '' }: Problem,
  root: DocumentNode,
): Problem {
  const path = pathOf(pointer)
  const ours = CODES[code] ?? 'BP1602'
  const { document } = root
  const isKey = ['BP1103', 'BP1104'].includes(ours) || /[/]read[/][^/]*$/.test(pointer)
  return problem(ours, message, isKey ? document.keyPlace(path) : document.place(path), {
    severity,
    pointer,
    ...present({ hint }),
  })
}
