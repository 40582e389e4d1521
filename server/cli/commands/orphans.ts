import type { Orphan } from '../../api/index.js'
import { ago } from '../duration.js'
import { EXIT } from '../exit.js'
import type { Listing } from '../output.js'
import type { Verb } from '../verb.js'

/** Lists what is left over at the far ends, or removes it. */
export const orphansVerb: Verb = {
  usage: 'orphans',
  summary: 'list far-end objects with our marks that are in no book',
  options: [['--collect', 'remove those that have outlived the in-flight window']],
  run: async (session, input) => {
    const items = input.flag('collect')
      ? await session.change<readonly Orphan[]>({ route: 'collectOrphans' })
      : await session.all<Orphan>({ route: 'listOrphans' })
    session.output.list(orphanListing(items, session.terminal.now()))
    return EXIT.ok
  },
}

/** Orphans as they are listed. */
export function orphanListing(items: readonly Orphan[], now: number): Listing<Orphan> {
  return {
    items,
    nameOf: ({ token }) => token,
    none: 'no orphans',
    columns: [
      { title: 'LOCATION', of: ({ location }) => location },
      { title: 'KIND', of: ({ kind }) => kind },
      { title: 'NAME', of: ({ name }) => name },
      { title: 'WAS', of: ({ application, entity }) => `${application}/${entity}` },
      { title: 'SINCE', of: ({ since }) => ago(since, now) },
      { title: 'TOKEN', wide: true, of: ({ token }) => token },
    ],
  }
}
