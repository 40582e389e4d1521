import type { Entity } from '../../api/index.js'
import { cleanLine } from '../clean.js'
import { paintState } from '../colors.js'
import { EXIT } from '../exit.js'
import type { Session } from '../session.js'
import type { Verb } from '../verb.js'

/** Draws the living tree. */
export const treeVerb: Verb = {
  usage: 'tree <app>',
  summary: 'draw the living tree of an application',
  run: async (session, input) => {
    const params = { application: input.word(0) }
    const entities = await session.all<Entity>({ route: 'listEntities', params })
    session.output.single({ value: entities, text: draw(session, entities), name: input.word(0) })
    return EXIT.ok
  },
}

function draw(session: Session, entities: readonly Entity[]): string {
  const below = new Map<string | undefined, Entity[]>()
  for (const entity of entities) {
    const siblings = below.get(entity.parent)
    if (siblings === undefined) below.set(entity.parent, [entity])
    else siblings.push(entity)
  }
  const lines: string[] = []
  const add = (entity: Entity, lead: string, branch: string): void => {
    const reason =
      entity.reason === '' || entity.reason === entity.state
        ? ''
        : `  ${session.colors.dim(cleanLine(entity.reason))}`
    const name = cleanLine(entity.isMember ? entity.path : entity.name)
    lines.push(`${lead}${branch}${name}  ${paintState(session.colors, entity.state)}${reason}`)
    const children = below.get(entity.path) ?? []
    const inner = branch === '' ? lead : `${lead}${branch === '└─ ' ? '   ' : '│  '}`
    children.forEach((child, at) => {
      add(child, inner, at === children.length - 1 ? '└─ ' : '├─ ')
    })
  }
  for (const root of below.get(undefined) ?? []) add(root, '', '')
  return `${lines.join('\n')}\n`
}
