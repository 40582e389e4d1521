import type { EntitySpec } from '../../../../engine/index.js'
import type { CampReader } from '../reader.js'
import { SPELLINGS, type Fields } from '../keys.js'

/** Where a cluster has the entity that sends it its traffic. */
const CONTROLLER = 'controlleddynamicwebappcluster.controller'

/**
 * What a cluster has beside its members: a child by its key `controllerSpec`, unless it names an entity that is there as its
 * controller, and in its config who that is.
 */
export function withController<Config extends Pick<EntitySpec, 'config'>>(
  fields: Fields,
  config: Config,
  reader: CampReader,
): Config & Pick<EntitySpec, 'children'> {
  const children = reader.children(fields)
  const written = fields.get('controllerSpec')
  const node = written?.get('$brooklyn:entitySpec') ?? written
  if (node?.isMap !== true || namesController(fields)) return { ...config, children }
  const controller = reader.child(node, 'controller')
  const own = { kind: 'entity-id', of: { scope: 'child', id: controller.name } } as const
  return {
    ...config,
    config: { ...config.config, [CONTROLLER]: own },
    children: [...children, controller],
  }
}

function namesController({ node }: Fields): boolean {
  return SPELLINGS.config.some((spelling) => node.get(spelling)?.get(CONTROLLER) !== undefined)
}
