import type { PhaseName, SoftwareSpec } from '../../spec/operation-spec.js'
import type { MachineFile } from '../../ports/location.js'
import { quote } from '../../support/quote.js'

/** Where the commands of a phase work, and its relative files go. */
export interface Workplace {
  /** Lines of sh that lead there; every directory that is named exists after them. */
  readonly lines: readonly string[]
  /** As named: relative to the machine's run directory, or absolute; undefined for the run directory itself. */
  readonly directory?: string
}

/**
 * Where a phase works: install in the install directory, every other in the run directory, as far as the author names
 * them. INSTALL_DIR and RUN_DIR say where both are; what nobody names is where the location has it.
 */
export function workplaceOf(
  { installDirectory, runDirectory }: Pick<SoftwareSpec, 'installDirectory' | 'runDirectory'>,
  phase: PhaseName | 'reload',
): Workplace {
  // INSTALL_DIR first: both are relative to what RUN_DIR says before.
  const named = [
    ['INSTALL_DIR', installDirectory],
    ['RUN_DIR', runDirectory],
  ] as const
  const lines = named.flatMap(([name, directory]) =>
    directory === undefined ? [] : [`export ${name}=${placeOf(directory)}`, `mkdir -p "$${name}"`],
  )
  const [name, directory] = phase === 'install' ? named[0] : named[1]
  return directory === undefined ? { lines } : { lines: [...lines, `cd "$${name}"`], directory }
}

/** Files whose relative paths begin in a directory. */
export function filesIn(
  directory: string | undefined,
  files: readonly MachineFile[],
): readonly MachineFile[] {
  if (directory === undefined) return files
  return files.map((file) =>
    file.path.startsWith('/') ? file : { ...file, path: `${directory.replace(/\/+$/, '')}/${file.path}` },
  )
}

function placeOf(directory: string): string {
  return directory.startsWith('/') ? quote(directory) : `"$RUN_DIR"/${quote(directory)}`
}
