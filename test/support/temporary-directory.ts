import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Directories for one test: `make` gives a new empty one, `remove` takes all of them away. */
export class TemporaryDirectories {
  #made: string[] = []

  make(): string {
    const path = mkdtempSync(join(tmpdir(), 'weir-test-'))
    this.#made.push(path)
    return path
  }

  remove(): void {
    for (const path of this.#made) rmSync(path, { recursive: true, force: true })
    this.#made = []
  }
}
