import type { Difference } from '../../api/index.js'
import { cleanLine } from '../clean.js'
import type { Colors } from '../colors.js'
import { EXIT } from '../exit.js'
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
    const lines = differences.flatMap((difference) => linesOf(difference, session.colors))
    const text = lines.length === 0 ? 'no difference' : lines.join('\n')
    session.output.single({ value: differences, text, name: differences.map(({ path }) => path).join('\n') })
    return EXIT.ok
  },
}

function linesOf({ path, from, to }: Difference, colors: Colors): readonly string[] {
  const shown = (value: unknown): string =>
    cleanLine(typeof value === 'string' ? value : JSON.stringify(value))
  return [
    colors.bold(cleanLine(path)),
    ...(from === undefined ? [] : [colors.red(`  - ${shown(from)}`)]),
    ...(to === undefined ? [] : [colors.green(`  + ${shown(to)}`)]),
  ]
}
