import { reply, type Reply } from '../message.js'
import type { CampContext } from './camp-call.js'
import { PLATFORM, SPECIFICATION, link, resource, uriOf } from './representation.js'

/** Where discovery begins. */
export const ENDPOINTS = '/camp/platform_endpoints'

const ENDPOINT = `${ENDPOINTS}/camp_1_1`

/** Every version of CAMP that is spoken here. */
export function platformEndpoints(): Reply {
  return reply(
    resource(
      'platform_endpoints',
      { uri: ENDPOINTS, name: 'platform_endpoints' },
      { platform_endpoint_links: [link(ENDPOINT, SPECIFICATION)] },
    ),
  )
}

/** How one version is reached, and how to say who asks. */
export function platformEndpoint({ handlers }: CampContext): Reply {
  return reply(
    resource(
      'platform_endpoint',
      { uri: ENDPOINT, name: SPECIFICATION },
      {
        platform_uri: PLATFORM,
        specification_version: SPECIFICATION,
        implementation_version: handlers.version,
        auth_scheme: 'Bearer',
      },
    ),
  )
}

/** The root of all else. */
export function platform({ handlers }: CampContext): Reply {
  return reply(
    resource(
      'platform',
      { uri: PLATFORM, name: 'weir' },
      {
        description: 'A blueprint engine for application landscapes.',
        specification_version: SPECIFICATION,
        implementation_version: handlers.version,
        platform_endpoints_uri: ENDPOINTS,
        supported_formats_uri: uriOf('formats'),
        extensions_uri: uriOf('extensions'),
        type_definitions_uri: uriOf('type_definitions'),
        parameter_definitions_uri: uriOf('parameter_definitions'),
        assemblies_uri: uriOf('assemblies'),
        services_uri: uriOf('services'),
        plans_uri: uriOf('plans'),
      },
    ),
  )
}
