import type { ConfigMap } from './entity-spec.js'
import type { Expression } from './expression.js'
import type { WorkflowSpec } from './workflow-spec.js'

/** The phases of software on a machine, in order; 'check' repeats while it runs, 'stop' ends a run. */
export type PhaseName = 'install' | 'customize' | 'launch' | 'check' | 'stop'

/** What is done on a machine to turn it into a service. */
export interface SoftwareSpec {
  readonly phases: { readonly [phase in PhaseName]?: OperationSpec }
  /** Environment of every phase. */
  readonly environment: ConfigMap
  /**
   * Files that live while the service runs: written again when what they are rendered from changes, then `reload` runs.
   */
  readonly files: readonly FileSpec[]
  /** Command after a live file changed; absent: the file alone is replaced. */
  readonly reload?: OperationSpec
  /**
   * Where install works, and where everything else does; relative to the machine's run directory, or absolute. Made
   * before it is entered, and told to commands as INSTALL_DIR and RUN_DIR. @default the location's own for what
   * INSTALL_DIR and RUN_DIR say, the run directory to work in
   */
  readonly installDirectory?: string
  readonly runDirectory?: string
}

/** Work on a machine: commands run by `sh -e`, files put there first. */
export interface OperationSpec {
  readonly before?: Expression
  readonly command?: Expression
  readonly after?: Expression
  /** What is done in place of commands. Of a check: what it gives tells whether the software runs. */
  readonly workflow?: WorkflowSpec
  /** Put in place before the commands run. */
  readonly files: readonly FileSpec[]
  /** Beside the software's own environment. */
  readonly environment: ConfigMap
  /** Milliseconds before it counts as failed and is ended; 0 for none, of a check for its health's limit. @default 0 for launch and check, 300000 otherwise */
  readonly timeout: number
  /** Sensors that the operation's last output line, a JSON object, sets by key. */
  readonly outputs: readonly string[]
}

/** A file on the machine. */
export interface FileSpec {
  /** Relative to where its phase works, or absolute below a directory that the location allows. Never with `..`. */
  readonly path: string
  /** Text, usually a literal, an artifact's text or a template. */
  readonly content: Expression
  /** Octal permission bits. @default 0o644 */
  readonly mode: number
}
