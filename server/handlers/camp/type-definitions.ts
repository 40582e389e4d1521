import type { JsonObject } from '../../../engine/index.js'
import { reply, type Reply } from '../message.js'
import { refuse } from '../refusals.js'
import type { CampContext, CampVisit } from './camp-call.js'
import { link, links, resource, uriOf } from './representation.js'
import { type AttributeForm, TYPE_TABLE, type TypeForm } from './type-table.js'

/** Every type of resource. */
export function typeDefinitions(): Reply {
  const uri = uriOf('type_definitions')
  const found = Object.keys(TYPE_TABLE).map((name) => link(uriOf('type_definitions', name), name))
  return reply(
    resource('type_definitions', { uri, name: 'type_definitions' }, { type_definition_links: found }),
  )
}

/** One type with its attributes. */
export function typeDefinition(_context: CampContext, { params }: CampVisit): Reply {
  const { type: name = '' } = params
  return withType(name, ({ documentation, inherits, attributes }) => {
    const uri = uriOf('type_definitions', name)
    const above = inherits === undefined ? [] : [link(uriOf('type_definitions', inherits), inherits)]
    const own = Object.entries(attributes).map(([attribute, form]) => attributeLink(name, attribute, form))
    return reply(
      resource(
        'type_definition',
        { uri, name },
        { documentation, ...links('inherits_from', above), attribute_definition_links: own },
      ),
    )
  })
}

/** One attribute of a type. */
export function attributeDefinition(_context: CampContext, { params }: CampVisit): Reply {
  const { type = '', attribute: name = '' } = params
  return withType(type, ({ attributes }) => {
    const form = Object.hasOwn(attributes, name) ? attributes[name] : undefined
    if (form === undefined) return refuse('not-found', `${type} has no attribute ${name} of its own.`)
    const { documentation, type: attributeType } = form
    const uri = attributeUri(type, name)
    return reply(
      resource('attribute_definition', { uri, name }, { documentation, attribute_type: attributeType }),
    )
  })
}

function withType(name: string, show: (form: TypeForm) => Reply): Reply {
  const form = Object.hasOwn(TYPE_TABLE, name) ? TYPE_TABLE[name] : undefined
  return form === undefined ? refuse('not-found', `There is no type of resource ${name}.`) : show(form)
}

function attributeUri(type: string, attribute: string): string {
  return uriOf('attribute_definitions', type, attribute)
}

function attributeLink(type: string, attribute: string, { required, writable }: AttributeForm): JsonObject {
  return {
    ...link(attributeUri(type, attribute), attribute),
    required,
    mutable: writable,
    consumer_mutable: writable,
  }
}
