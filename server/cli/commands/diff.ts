import type { Difference } from '../../api/index.js'
import { EXIT } from '../exit.js'
import { renderDifferences } from '../render-diff.js'
import type { Verb } from '../verb.js'
import { versionNumber } from './versions.js'

/** Compares two versions. */
export const diffVerb: Verb = {
  usage: 'diff <app> <from> <to>',
  summary: "compare two versions of an application's document",
  examples: ['weir diff shop v3 v5'],
  run: async (session, input) => {
    const query = { from: versionNumber(input.word(1)), to: versionNumber(input.word(2)) }
    const params = { application: input.word(0) }
    const differences = await session.get<readonly Difference[]>({ route: 'diffVersions', params, query })
    const text = differences.length === 0 ? 'no difference' : renderDifferences(differences, session.colors)
    session.output.single({ value: differences, text, name: differences.map(({ path }) => path).join('\n') })
    return EXIT.ok
  },
}
