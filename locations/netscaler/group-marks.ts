import { Failure, type OwnerMarks } from '../../engine/index.js'

/** What the comment of a service group of ours says. */
export interface GroupMarks {
  readonly token: string
  readonly generation: number
  /** Digest of the members that were bound. */
  readonly members: string
  readonly marks: OwnerMarks
}

const WORD = 'weir'

/** The appliance keeps no more of a comment. */
const LONGEST = 255

/** The marks as a comment. Throws a Failure ('invalid', never) where they do not fit into one. */
export function commentOf({ token, generation, members, marks }: GroupMarks): string {
  const { engine, application, entity, incarnation, digest } = marks
  const comment = [WORD, generation, incarnation, token, members, digest, engine, application, entity].join(
    ' ',
  )
  if (comment.length <= LONGEST) return comment
  const message = `its path is too long for a NetScaler: ${entity}`
  throw new Failure({ cause: 'invalid', retry: 'never', message })
}

/** The marks in a comment; undefined where it is none of ours. */
export function marksIn(comment: unknown): GroupMarks | undefined {
  if (typeof comment !== 'string') return undefined
  const [word, generation, incarnation, token, members, digest, engine, application, ...path] =
    comment.split(' ')
  if (word !== WORD || application === undefined) return undefined
  return {
    token: token ?? '',
    generation: Number(generation),
    members: members ?? '',
    marks: {
      engine: engine ?? '',
      application,
      entity: path.join(' '),
      incarnation: Number(incarnation),
      digest: digest ?? '',
    },
  }
}
