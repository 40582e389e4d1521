/** What the type definitions say of one attribute. */
export interface AttributeForm {
  /** The attribute's type, such as `String` or `Link[]`. */
  readonly type: string
  readonly documentation: string
  readonly required: boolean
  /** Whether whoever uses the platform may change it. */
  readonly writable: boolean
}

/** What the type definitions say of one type of resource. */
export interface TypeForm {
  readonly documentation: string
  /** The type whose attributes it has too. */
  readonly inherits?: string
  readonly attributes: { readonly [name: string]: AttributeForm }
}

const must = (type: string, documentation: string): AttributeForm => ({
  type,
  documentation,
  required: true,
  writable: false,
})
const may = (type: string, documentation: string): AttributeForm => ({
  type,
  documentation,
  required: false,
  writable: false,
})
const open = (form: AttributeForm): AttributeForm => ({ ...form, writable: true })

const type = (documentation: string, attributes: TypeForm['attributes']): TypeForm => ({
  documentation,
  inherits: 'camp_resource',
  attributes,
})

const documented = must('String', 'What it is, in words or as an address.')
const target = must('URI', 'The resource that it belongs to.')

/** Every type of resource that is shown, by name. */
export const TYPE_TABLE: { readonly [name: string]: TypeForm } = {
  camp_resource: {
    documentation: 'What all resources have.',
    attributes: {
      uri: must('URI', 'Where it is.'),
      name: open(must('String', 'What people call it.')),
      type: must('String', 'The name of its type.'),
      description: open(may('String', 'What it is for.')),
      tags: open(may('String[]', 'Words by which it is found.')),
      representation_skew: may('String', 'CREATING, DESTROYING or UNKNOWN; absent: what is shown is so.'),
    },
  },
  platform_endpoints: type('Where discovery begins.', {
    platform_endpoint_links: must('Link[]', 'One for each version that is spoken.'),
  }),
  platform_endpoint: type('How one version is reached.', {
    platform_uri: must('URI', 'The platform.'),
    specification_version: must('String', 'Of the specification.'),
    backward_compatible_specification_versions: may('String[]', 'Older ones that fit.'),
    implementation_version: may('String', 'Of the server.'),
    backward_compatible_implementation_versions: may('String[]', 'Older ones that fit.'),
    auth_scheme: may('String', 'How to say who asks.'),
  }),
  platform: type('The root of all else.', {
    supported_formats_uri: may('URI', 'Formats.'),
    extensions_uri: must('URI', 'Extensions.'),
    type_definitions_uri: must('URI', 'Types of resources.'),
    platform_endpoints_uri: must('URI', 'Where discovery begins.'),
    specification_version: must('String', 'Of the specification.'),
    implementation_version: must('String', 'Of the server.'),
    assemblies_uri: must('URI', 'What is deployed.'),
    services_uri: must('URI', 'What plans may ask for.'),
    plans_uri: may('URI', 'What is registered.'),
    parameter_definitions_uri: may('URI', 'What can be posted.'),
  }),
  assemblies: type('What is deployed; posting here deploys.', {
    assembly_links: may('Link[]', 'One for each; absent: there is none.'),
    parameter_definitions_uri: must('URI', 'What can be posted.'),
  }),
  assembly: type('A deployed application; deleting it stops and removes it.', {
    components: must('Link[]', 'What it is made of.'),
    plan_uri: may('URI', 'The plan that it was deployed from.'),
    operations_uri: may('URI', 'What it can be asked to do.'),
    sensors_uri: may('URI', 'What is known of it.'),
  }),
  component: type('A part of an assembly.', {
    assemblies: must('Link[]', 'The assembly that it is a part of.'),
    artifact: may('URI', 'What it was made from.'),
    service: may('URI', 'The service that it is of.'),
    status: must('String', 'The word for its state.'),
    external_management_resource: may('URI', 'Where more can be asked about it.'),
    related_components: may('Link[]', 'What is directly above and below it.'),
    operations_uri: may('URI', 'What it can be asked to do.'),
    sensors_uri: may('URI', 'What is known of it.'),
  }),
  plans: type('What is registered; posting here registers.', {
    plan_links: may('Link[]', 'One for each; absent: there is none.'),
    parameter_definitions_uri: must('URI', 'What can be posted.'),
  }),
  plan: type('A registered plan.', {
    camp_version: must('String', 'The version that it is written in.'),
    origin: may('String', 'Where it comes from.'),
    artifacts: open(may('ArtifactSpecification[]', 'What it brings, and what each needs.')),
    services: open(may('ServiceSpecification[]', 'What it asks of the platform.')),
  }),
  services: type('What plans may ask for.', { service_links: may('Link[]', 'One for each.') }),
  service: type('Something that plans may ask for.', {
    parameter_definitions_uri: may('URI', 'What it can be given.'),
    characteristics: may('CharacteristicSpecification[]', 'By what it is found.'),
  }),
  operations: type('What a resource can be asked to do.', {
    target_resource: target,
    operation_links: may('Link[]', 'One for each; absent: there is none.'),
  }),
  operation: type('Something to be asked for; posting here asks.', {
    documentation: documented,
    target_resource: target,
    parameter_definitions_uri: may('URI', 'What it can be given.'),
  }),
  sensors: type('What is known of a resource.', {
    target_resource: target,
    sensor_links: may('Link[]', 'One for each; absent: there is none.'),
  }),
  sensor: type('A value that is observed.', {
    documentation: documented,
    target_resource: target,
    sensor_type: must('String', 'The type of its value.'),
    value: may('Any', 'Its last value.'),
    timestamp: may('Timestamp', 'When it was so.'),
    operations_uri: may('URI', 'What it can be asked to do.'),
  }),
  formats: type('Formats that resources are shown in.', { format_links: must('Link[]', 'One for each.') }),
  format: type('A format.', {
    mime_type: must('String', 'Its media type.'),
    version: may('String', 'Of its definition.'),
    documentation: documented,
  }),
  type_definitions: type('Types of resources.', {
    type_definition_links: must('Link[]', 'One for each.'),
  }),
  type_definition: type('A type of resource.', {
    documentation: documented,
    attribute_definition_links: must('Link[]', 'One for each attribute of its own.'),
    inherits_from: may('Link[]', 'The type whose attributes it has too.'),
  }),
  attribute_definition: type('An attribute of a type.', {
    documentation: documented,
    attribute_type: must('String', 'The type of its value.'),
  }),
  parameter_definitions: type('What can be given.', {
    parameter_definition_links: may('Link[]', 'One for each; absent: there is none.'),
  }),
  parameter_definition: type('Something to be given.', {
    parameter_type: must('String', 'The type of its value.'),
    parameter_extension_uri: may('URI', 'The extension that it belongs to.'),
    default_value: may('Any', 'What holds when it is not given.'),
    required: may('Boolean', 'Whether it must be given.'),
  }),
  extensions: type('What goes beyond the specification.', {
    extension_links: may('Link[]', 'One for each.'),
  }),
  extension: type('Something beyond the specification.', {
    version: must('String', 'Of the extension.'),
    documentation: may('URI', 'Where to read about it.'),
  }),
}

/** All attributes of a type, those that it inherits too; none of a type that is not known. */
export function attributesOf(name: string): TypeForm['attributes'] {
  const form = Object.hasOwn(TYPE_TABLE, name) ? TYPE_TABLE[name] : undefined
  if (form === undefined) return {}
  return { ...(form.inherits === undefined ? {} : attributesOf(form.inherits)), ...form.attributes }
}
