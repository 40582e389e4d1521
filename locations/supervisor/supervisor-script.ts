import { SCRIPT_COMMON } from './script-common.js'
import { SCRIPT_KEEP } from './script-keep.js'
import { SCRIPT_VERBS } from './script-verbs.js'

/** Exit code of a wait for the end of a run. */
export const RUN_ENDED = 86

/**
 * The one supervisor: a POSIX sh script for dash, busybox and bash that needs only basic utilities and, where there is
 * one, setsid. It is carried as text, so that it can be sent to any machine. Linux only: it reads /proc.
 */
export const SUPERVISOR_SCRIPT: string =
  SCRIPT_COMMON + `w_run_ended=${RUN_ENDED}\n` + SCRIPT_KEEP + SCRIPT_VERBS
