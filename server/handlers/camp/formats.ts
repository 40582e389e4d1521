import { reply, type Reply } from '../message.js'
import type { CampContext } from './camp-call.js'
import { link, resource, uriOf } from './representation.js'

/** In which formats resources are shown. */
export function formats(): Reply {
  const found = [link(uriOf('formats', 'json'), 'JSON')]
  return reply(resource('formats', { uri: uriOf('formats'), name: 'formats' }, { format_links: found }))
}

/** The one format that CAMP demands. */
export function jsonFormat(): Reply {
  return reply(
    resource(
      'format',
      { uri: uriOf('formats', 'json'), name: 'JSON' },
      {
        mime_type: 'application/json',
        version: 'RFC 4627',
        documentation: 'https://www.rfc-editor.org/rfc/rfc4627',
      },
    ),
  )
}

const EXTENSIONS: {
  readonly [name: string]: { readonly description: string; readonly documentation: string }
} = {
  blueprints: {
    description: 'A plan may use every key of the blueprint language beside those of CAMP.',
    documentation: '/v1/schemas/camp',
  },
  'problem-details': {
    description: 'A refusal is problem details (RFC 9457), with all problems of a plan at once.',
    documentation: 'https://www.rfc-editor.org/rfc/rfc9457',
  },
}

/** The names of what goes beyond the specification. */
export const EXTENSION_NAMES: readonly string[] = Object.keys(EXTENSIONS)

/** What goes beyond the specification. */
export function extensions(): Reply {
  const found = EXTENSION_NAMES.map((name) => link(uriOf('extensions', name), name))
  return reply(
    resource('extensions', { uri: uriOf('extensions'), name: 'extensions' }, { extension_links: found }),
  )
}

/** One extension, with where to read about it. */
export function extension(name: string): (context: CampContext) => Reply {
  return ({ handlers }) => {
    const { description = '', documentation = '' } = EXTENSIONS[name] ?? {}
    const attributes = { description, version: handlers.version, documentation }
    return reply(resource('extension', { uri: uriOf('extensions', name), name }, attributes))
  }
}
