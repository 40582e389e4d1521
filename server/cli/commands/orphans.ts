import type { Orphan } from '../../api/index.js'
import { ago } from '../duration.js'
import { EXIT } from '../exit.js'
import type { Listing } from '../output.js'
import type { Verb } from '../verb.js'

/** Lists what nobody seems to need, or removes what is left over at the far ends. */
export const orphansVerb: Verb = {
  usage: 'orphans',
  summary: 'list far-end objects with our marks that are in no book, and what has outlived its lease',
  options: [['--collect', 'remove those in no book that have outlived the in-flight window']],
  run: async (session, input) => {
    const items = input.flag('collect')
      ? await session.change<readonly Orphan[]>({ route: 'collectOrphans' })
      : await session.all<Orphan>({ route: 'listOrphans' })
    const now = session.terminal.now()
    const ended = items.filter(({ why }) => why === 'lease-ended')
    if (ended.length === 0 || !['table', 'wide'].includes(session.output.format)) {
      session.output.list(orphanListing(items, now))
      return EXIT.ok
    }
    const unbooked = items.filter((item) => !ended.includes(item))
    session.output.list(orphanListing(unbooked, now))
    session.output.list(leaseListing(ended, now))
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
      {
        title: 'WAS',
        of: ({ application, entity }) => (entity === '' ? application : `${application}/${entity}`),
      },
      { title: 'SINCE', of: ({ since }) => ago(since, now) },
      { title: 'TOKEN', wide: true, of: ({ token }) => token },
    ],
  }
}

/** Applications past their lease, in a table of their own. */
function leaseListing(items: readonly Orphan[], now: number): Listing<Orphan> {
  return {
    items,
    nameOf: ({ application }) => application,
    none: 'no lease has ended',
    columns: [
      { title: 'LEASE ENDED', of: ({ since }) => ago(since, now) },
      { title: 'APPLICATION', of: ({ name }) => name },
      { title: 'ID', of: ({ application }) => application },
    ],
  }
}
