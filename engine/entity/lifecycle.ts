import type { IncarnationStage } from './allocation.js'
import type { ApplicationState, EntityState } from './observation.js'

/** One allowed move: who may make it, and why it is made. */
export interface Move<State extends string> {
  readonly from: State
  readonly to: State
  /** Whose change causes it: a person's or the arbiter's wish, the reconciler's act, or what the world shows. */
  readonly by: 'wish' | 'reconciler' | 'world'
  readonly why: string
}

const move = <State extends string>(
  from: State,
  to: State,
  by: Move<State>['by'],
  why: string,
): Move<State> => ({ from, to, by, why })

/** An incarnation moves only forward. */
export const INCARNATION_LIFE: readonly Move<IncarnationStage>[] = [
  move('creating', 'preparing', 'world', 'its machine exists'),
  move('creating', 'removing', 'reconciler', 'no longer wanted before it existed'),
  move('preparing', 'ready', 'world', 'all one-time phases have left their receipts'),
  move('preparing', 'removing', 'reconciler', 'no longer wanted, or its machine is gone'),
  move('ready', 'retiring', 'reconciler', 'replaced or no longer wanted: ends its service in good order'),
  move('ready', 'removing', 'reconciler', 'its machine is gone'),
  move('preparing', 'retiring', 'reconciler', 'replaced or no longer wanted while something runs on it'),
  move('retiring', 'removing', 'world', 'nothing runs on it any more'),
]

/** What an application's shown state may turn into. */
export const APPLICATION_LIFE: readonly Move<ApplicationState>[] = [
  move('created', 'starting', 'reconciler', 'work has begun under the wish running'),
  move('created', 'stopped', 'wish', 'stopped before anything began'),
  move('created', 'running', 'world', 'nothing had to be done'),
  move('created', 'stopping', 'wish', 'wish stopped'),
  move('created', 'expunging', 'wish', 'wish gone'),
  move('created', 'destroyed', 'world', 'gone before anything was made'),
  move('created', 'alert', 'world', 'a failure that retrying cannot mend'),
  move('starting', 'running', 'world', 'settled for the first time under this wish'),
  move('starting', 'alert', 'world', 'past its grace, or a failure that retrying cannot mend'),
  move('starting', 'stopping', 'wish', 'wish stopped'),
  move('starting', 'stopped', 'world', 'wish stopped and nothing runs'),
  move('starting', 'expunging', 'wish', 'wish gone, or onStartFailure: expunge'),
  move('running', 'updating', 'wish', 'a desired change is in progress'),
  move('running', 'alert', 'world', 'repair is past its grace'),
  move('running', 'stopping', 'wish', 'wish stopped'),
  move('running', 'stopped', 'world', 'wish stopped and nothing runs'),
  move('running', 'expunging', 'wish', 'wish gone'),
  move('running', 'destroyed', 'world', 'gone and nothing was left to remove'),
  move('updating', 'running', 'world', 'the change is settled'),
  move('updating', 'alert', 'world', 'the change is past its deadline or has failed for good'),
  move('updating', 'stopping', 'wish', 'wish stopped'),
  move('updating', 'stopped', 'world', 'wish stopped and nothing runs'),
  move('updating', 'expunging', 'wish', 'wish gone'),
  move('stopping', 'stopped', 'world', 'nothing runs any more'),
  move('stopping', 'alert', 'world', 'something is still running past the deadline'),
  move('stopping', 'starting', 'wish', 'wish running'),
  move('stopping', 'expunging', 'wish', 'wish gone'),
  move('stopping', 'running', 'world', 'started again before anything of it had ended'),
  move('stopped', 'starting', 'wish', 'wish running'),
  move('stopped', 'running', 'world', 'wish running and nothing had to be done'),
  move('stopped', 'stopping', 'world', 'something runs although it should not'),
  move('stopped', 'alert', 'world', 'something runs and cannot be ended'),
  move('stopped', 'expunging', 'wish', 'wish gone'),
  move('stopped', 'destroyed', 'world', 'gone and nothing was left to remove'),
  move('alert', 'running', 'world', 'the world fits again'),
  move('alert', 'starting', 'wish', 'a new wish, or recover'),
  move('alert', 'updating', 'wish', 'a new change, or recover'),
  move('alert', 'stopping', 'wish', 'wish stopped'),
  move('alert', 'stopped', 'world', 'nothing runs any more'),
  move('alert', 'expunging', 'wish', 'wish gone'),
  move('expunging', 'expunge', 'world', 'removal is stuck; tried again for ever with back-off'),
  move('expunging', 'destroyed', 'world', 'the far ends confirm that nothing of ours is left'),
  move('expunge', 'expunging', 'world', 'removal moves again'),
  move('expunge', 'destroyed', 'world', 'the far ends confirm that nothing of ours is left'),
]

/** What an entity's shown state may turn into. Shown states are derived; a table keeps the derivation honest. */
export const ENTITY_LIFE: readonly Move<EntityState>[] = [
  move('created', 'waiting', 'reconciler', 'something it needs is not there yet'),
  move('created', 'starting', 'reconciler', 'its first step was announced'),
  move('waiting', 'starting', 'reconciler', 'what it needed is there'),
  move('starting', 'running', 'world', 'its service is up'),
  move('starting', 'completed', 'world', 'its job is done'),
  move('failed', 'completed', 'world', 'its job is done: only the answer was lost'),
  move('starting', 'failed', 'world', 'a step failed; the next try has a time'),
  move('completed', 'starting', 'wish', 'a changed document makes another job of it'),
  move(
    'completed',
    'stopped',
    'wish',
    'a changed document makes another job of it, and the application is stopped',
  ),
  move(
    'completed',
    'waiting',
    'wish',
    'a changed document makes another job of it, which needs something first',
  ),
  move('completed', 'gone', 'wish', 'no longer wanted, and nothing of it is left'),
  move('starting', 'waiting', 'world', 'what it needs is gone again'),
  move('running', 'failed', 'world', 'it ended, vanished or is not healthy'),
  move('running', 'starting', 'reconciler', 'restarted, changed or replaced'),
  move('failed', 'starting', 'reconciler', 'tried again'),
  move('failed', 'running', 'world', 'it is healthy again'),
  move('failed', 'quarantined', 'reconciler', 'never came up within its retries'),
  move('starting', 'quarantined', 'reconciler', 'never came up within its retries'),
  move('running', 'stopping', 'wish', 'stopped, replaced or scaled in'),
  move('starting', 'stopping', 'wish', 'stopped or scaled in'),
  move('failed', 'stopping', 'wish', 'stopped or scaled in'),
  move('stopping', 'stopped', 'world', 'nothing of it runs'),
  move('stopped', 'starting', 'wish', 'started again'),
  move('stopped', 'running', 'wish', 'started again, and what has no machine was there all the while'),
  move('stopped', 'created', 'wish', 'wanted again before anything of it has begun'),
  move('stopped', 'removing', 'wish', 'removed'),
  move('stopping', 'removing', 'wish', 'removed'),
  move('created', 'stopped', 'wish', 'stopped before anything of it began'),
  move('created', 'gone', 'wish', 'no longer wanted before anything of it began'),
  move('created', 'failed', 'world', 'it cannot be begun'),
  move('failed', 'created', 'wish', 'recovered before anything of it had begun'),
  move('starting', 'stopped', 'wish', 'stopped while nothing of it ran'),
  move('failed', 'stopped', 'wish', 'stopped, and nothing of it runs'),
  move('stopped', 'failed', 'wish', 'started again, and what went wrong still does'),
  move('starting', 'gone', 'wish', 'no longer wanted, and nothing of it was there'),
  move('stopped', 'gone', 'wish', 'removed, and nothing of it was kept'),
  move('failed', 'removing', 'wish', 'no longer wanted, and nothing of it runs'),
  move('stopping', 'completed', 'world', 'its job was done just before its end'),
  move('stopping', 'failed', 'wish', 'started again, and it does not serve'),
  move('stopping', 'starting', 'wish', 'started again before all of it had ended'),
  move('stopping', 'running', 'wish', 'started again before its turn to end had come'),
  move('running', 'removing', 'wish', 'removed by force'),
  move('starting', 'removing', 'wish', 'no longer wanted before anything ran on it'),
  move('failed', 'gone', 'wish', 'no longer wanted, and nothing of it was there'),
  move('quarantined', 'removing', 'wish', 'expunged, scaled in or recovered'),
  move('quarantined', 'stopping', 'wish', 'expunged or removed before all of it had ended'),
  move('quarantined', 'starting', 'wish', 'recovered'),
  move('quarantined', 'failed', 'wish', 'recovered, and it does not serve'),
  move('quarantined', 'gone', 'wish', 'no longer wanted, and nothing of it was kept'),
  move('removing', 'gone', 'world', 'its location confirms that nothing is left'),
  move('removing', 'starting', 'wish', 'wanted again by another document before all of it was gone'),
  move('removing', 'stopping', 'wish', 'wanted again by another document, under the wish stopped'),
  move('removing', 'stopped', 'wish', 'wanted again by another document, under the wish stopped'),
  move('gone', 'starting', 'wish', 'wanted again by another document before its volumes were gone'),
  move('gone', 'stopped', 'wish', 'wanted again by another document, under the wish stopped'),
]

/** Whether a table allows this move; staying is always allowed. */
export function mayMove<State extends string>(
  table: readonly Move<State>[],
  from: State,
  to: State,
): boolean {
  return from === to || table.some((entry) => entry.from === from && entry.to === to)
}
