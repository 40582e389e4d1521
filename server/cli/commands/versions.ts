import type { Version, VersionDocument } from '../../api/index.js'
import { ago } from '../duration.js'
import { EXIT } from '../exit.js'
import type { Listing } from '../output.js'
import { type Verb, wholeNumber } from '../verb.js'
import { toYaml } from '../yaml.js'

/** Lists the versions of an application's document, or prints one. */
export const versionsVerb: Verb = {
  usage: 'versions <app>',
  summary: "list the kept versions of an application's document",
  options: [['--show <version>', 'print this version as it was submitted']],
  run: async (session, input) => {
    const application = input.word(0)
    const version = input.text('show')
    if (version === undefined) {
      const items = await session.all<Version>({ route: 'listVersions', params: { application } })
      session.output.list(versionListing(items, session.terminal.now()))
      return EXIT.ok
    }
    const params = { application, version: String(versionNumber(version)) }
    const document = await session.get<VersionDocument>({ route: 'getVersion', params })
    session.output.single({ value: document, text: document.source ?? toYaml(document.spec), name: version })
    return EXIT.ok
  },
}

/** Versions as they are listed. */
export function versionListing(items: readonly Version[], now: number): Listing<Version> {
  return {
    items,
    nameOf: ({ version }) => String(version),
    none: 'no versions',
    columns: [
      { title: 'VERSION', of: ({ version, current }) => (current ? `${version} *` : String(version)) },
      { title: 'CREATED', of: ({ createdAt }) => ago(createdAt, now) },
      { title: 'BY', of: ({ createdBy }) => createdBy },
      { title: 'RESTORES', of: ({ restored }) => (restored === undefined ? '' : String(restored)) },
      { title: 'DIGEST', wide: true, of: ({ specDigest }) => specDigest },
      { title: 'NOTE', of: ({ note }) => note },
    ],
  }
}

/** A version as people write it: `3` or `v3`. */
export function versionNumber(text: string): number {
  return wholeNumber(text.replace(/^v/, ''), 'a version')
}
