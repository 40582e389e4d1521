import type { ConfigMap, Expression } from '../../../../engine/index.js'
import type { TranslationDesk } from '../../../dialect.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { readTemplated } from '../language/expressions.js'

/** The environment that the given maps say, the first winning. Values may be templates: no shell reads them. */
export function readEnvironment(nodes: readonly DocumentNode[], desk: TranslationDesk): ConfigMap {
  const entries = [...nodes].reverse().flatMap((node) => node.entries())
  return Object.fromEntries(entries.map(([name, value]) => [name, environmentValue(name, value, desk)]))
}

function environmentValue(name: string, value: DocumentNode, desk: TranslationDesk): Expression {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    const hint = 'letters, digits and _ only, not beginning with a digit'
    desk.reportAt('BP1201', `"${name}" cannot be the name of an environment variable`, value.keyPlace, {
      pointer: value.pointer,
      hint,
    })
  }
  return readTemplated(value, desk)
}
