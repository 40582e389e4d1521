import { wantedCount } from '../../reconcile/facts/aggregate.js'
import { countFor, floorFor, recoveryFor, wishFor } from './desire.js'
import type { Operation } from './changes.js'
import type { Wish } from '../../entity/desired.js'

/** The whole application is to run, to stop, or to go. */
export function wishOperation(name: string, wish: Wish, force = false): Operation {
  return { name, change: (desired, by) => wishFor(desired, wish, by, force) }
}

/** Failures so far count no more. */
export function recoverOperation(): Operation {
  return { name: 'recover', change: recoveryFor }
}

/** A role is to have so many members. */
export function scaleOperation(role: string, count: number): Operation {
  return {
    name: 'scale',
    entity: role,
    change: (desired, by, { landscape }) => countFor({ desired, tree: landscape.tree }, role, count, by),
  }
}

/**
 * A role is to have one more or one fewer, if it has `from` now: asked for twice, the second finds it done. Without
 * `from` each call counts.
 */
export function resizeOperation(role: string, delta: 1 | -1, from: number | undefined): Operation {
  return {
    name: delta > 0 ? 'grow' : 'shrink',
    entity: role,
    change: (desired, by, { landscape }) => {
      const now = wantedCount(landscape, role)
      if (from !== undefined && from + delta === now) return { kind: 'same' }
      if (from !== undefined && from !== now)
        return { kind: 'invalid', reason: `${role} has ${now} members, not ${from}` }
      return countFor({ desired, tree: landscape.tree }, role, now + delta, by)
    },
  }
}

/** A slot is to have a newer incarnation than `incarnation`, or than the one it has. */
export function replaceOperation(
  path: string,
  how: { readonly order?: 'new-first' | 'old-first'; readonly incarnation?: number },
): Operation {
  return {
    name: 'replace',
    entity: path,
    change: (desired, by, { landscape }) => {
      const record = landscape.slots.get(path)?.record
      if (record === undefined) return { kind: 'invalid', reason: `${path} has no incarnation to replace` }
      const present = how.incarnation ?? record.current?.number ?? record.next - 1
      const order = how.order === undefined ? {} : { order: how.order }
      // Whoever replaces what is lost has seen to it that it does not run.
      const word = record.current?.lost === undefined ? {} : { by: by.name }
      return floorFor(desired, path, { incarnation: present + 1, reason: by.reason, ...order, ...word }, by)
    },
  }
}

/** A slot's service is to be launched anew on the machine that it has. */
export function restartOperation(path: string): Operation {
  return {
    name: 'restart',
    entity: path,
    change: (desired, by, { landscape }) => {
      const current = landscape.slots.get(path)?.record.current
      if (current?.run === undefined) return { kind: 'invalid', reason: `${path} has no run to restart` }
      return floorFor(
        desired,
        path,
        { runOf: current.number, run: current.run.number + 1, reason: by.reason },
        by,
      )
    },
  }
}
