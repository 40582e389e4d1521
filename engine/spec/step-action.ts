import type { ConfigMap } from './entity-spec.js'
import type { EntityReference, Expression } from './expression.js'
import type { ConditionSpec, StepSpec, WorkflowSpec } from './workflow-spec.js'

/** What a step does. Where it says nothing of its output, that is the output of the step before it. */
export type StepAction = LocalAction | FlowAction | BookAction | TreeAction | OutsideAction

/** A variable, or a part of one: keys and positions. What it is in must be there, and be a map or a list. */
export interface VariablePath {
  readonly name: string
  readonly path: readonly (string | number | Expression)[]
}

/** Changes nothing but variables. */
export type LocalAction =
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'set'
      readonly variable: VariablePath
      readonly type?: string
      readonly value: Expression
    }
  | { readonly kind: 'clear'; readonly variable: VariablePath }
  | {
      /** Puts a value through operations, one after the other; the output where no variable takes it. */
      readonly kind: 'transform'
      readonly value: Expression
      readonly operations: readonly TransformOperation[]
      readonly variable?: VariablePath
      readonly type?: string
    }
  | {
      /** Waits until a value is known and truthy, or until a task has ended; the output where no variable takes it. */
      readonly kind: 'wait'
      readonly for: 'value' | 'task'
      readonly value: Expression
      readonly variable?: VariablePath
      readonly type?: string
    }
  | { /** Milliseconds. */ readonly kind: 'sleep'; readonly duration: Expression }
  | {
      readonly kind: 'log'
      readonly message: Expression
      readonly level: 'debug' | 'info' | 'warn' | 'error'
    }

/** Words of a transformation, with what each takes. */
export const TRANSFORMS = [
  /** Whitespace around a text; what is null in a list or a map. */
  'trim',
  /** Of a text: mode ('regex', 'glob', 'literal'), pattern, replacement; all places unless the fourth is false. */
  'replace',
  /** The value (a list) made one: kind ('list', 'set', 'map', or '' for what fits), then any of 'deep', 'lax'. */
  'merge',
  'prepend',
  'append',
  /** Of a list, with a text between. */
  'join',
  /** Of a text, by a text; or by a pattern where the second is 'regex' or 'glob'. */
  'split',
  /** Of a text or a list: from, up to; from the end where below zero. */
  'slice',
  /** Of a map a key, of a list a position. */
  'remove',
  /** Makes it the type. */
  'type',
  /** 'string', 'parse' or 'encode'; parses texts where none is said. */
  'json',
  'yaml',
  /** As 'json' or 'yaml', then as one word of a shell. */
  'bash',
  'first',
  'last',
  'min',
  'max',
  'sum',
  'average',
  'size',
  'to_string',
  'to_upper_case',
  'to_lower_case',
  /** Waits until the value is known and truthy. First of all. */
  'wait',
  /** Ends the workflow with the value. Last of all. */
  'return',
] as const

/** The word of a transformation. */
export type TransformName = (typeof TRANSFORMS)[number]

/** One operation on a value. */
export interface TransformOperation {
  readonly name: TransformName
  readonly arguments: readonly Expression[]
}

/** Decides what is done next, or does other steps. */
export type FlowAction =
  | { /** Ends the workflow with this. */ readonly kind: 'return'; readonly value: Expression }
  | {
      /** Does steps: 'own' has variables of its own and sees its input only; 'shared' those of the workflow that it is in. */
      readonly kind: 'run'
      readonly scope: 'own' | 'shared'
      /** Whether the start and the end that its steps go to are its own. @default where its variables are */
      readonly bounded?: boolean
      readonly workflow: WorkflowSpec
    }
  | {
      /** Does the first case that applies; fails where none does. A case's condition is about the value. */
      readonly kind: 'switch'
      readonly value?: Expression
      readonly cases: readonly { readonly condition?: ConditionSpec; readonly steps: readonly StepSpec[] }[]
    }
  | {
      readonly kind: 'fail'
      readonly message?: Expression
      /** Whether the error that is being handled is its cause. */
      readonly rethrow: boolean
    }
  | RetryAction

/** Does something again that failed, after a while, and not for ever. */
export interface RetryAction {
  readonly kind: 'retry'
  /** Where it goes on. @default in a handler the step that failed, or all where that is a workflow's; else the last replay point */
  readonly from?: { readonly kind: 'start' | 'last' | 'end' } | { readonly kind: 'step'; readonly id: string }
  /** Whether variables become again what they were there. @default true where no `from` is said */
  readonly replay?: boolean
  /** Each must hold: times, times within so many milliseconds, or milliseconds since the first. */
  readonly limits: readonly { readonly count?: number; readonly within?: number }[]
  readonly backoff?: BackoffSpec
  /** Milliseconds after the first try in which it is tried again. */
  readonly timeout?: Expression
  /** Tries of one key count together. */
  readonly key?: Expression
}

/** Milliseconds before each new try. */
export interface BackoffSpec {
  /** Of the first tries; the last one stands for those after it. */
  readonly initial: readonly number[]
  /** By what it grows from then on: times so much, or plus so many milliseconds. */
  readonly factor?: number
  readonly plus?: number
  /** Part of it by which it may be longer (or shorter where below zero), by chance: 1 for up to double. */
  readonly jitter?: number
  readonly most?: number
}

/** Changes what is recorded of an entity. @default of the one where it runs */
export type BookAction =
  | {
      readonly kind: 'set-sensor'
      readonly of?: EntityReference
      readonly sensor: string | Expression
      /** Part of the value that is set: keys and positions. */
      readonly path: readonly (string | number | Expression)[]
      readonly type?: string
      readonly value: Expression
      /** Must hold of the value so far at the moment when it is set; else the step fails. */
      readonly require?: ConditionSpec
    }
  | {
      readonly kind: 'clear-sensor'
      readonly of?: EntityReference
      readonly sensor: string | Expression
      readonly path: readonly (string | number | Expression)[]
    }
  | {
      readonly kind: 'set-config'
      readonly of?: EntityReference
      readonly key: string | Expression
      readonly path: readonly (string | number | Expression)[]
      readonly type?: string
      readonly value: Expression
    }
  | {
      /** Makes it again what the document says. */
      readonly kind: 'clear-config'
      readonly of?: EntityReference
      readonly key: string | Expression
    }
  | { readonly kind: 'rename'; readonly of?: EntityReference; readonly name: Expression }

/** Changes what there is. A blueprint is a value in the language of the document, compiled when it is needed. */
export type TreeAction =
  | {
      /** Output: `entities`, and `entity` where it is one. */
      readonly kind: 'add-entity'
      readonly under?: EntityReference
      readonly blueprint: Expression
      /**
       * What it is known by among what was added there: where one is known by that already, it is that one. Output then has
       * `created`. @default it is another one each time
       */
      readonly identity?: Expression
      readonly start: 'wait' | 'begin'
    }
  | {
      /** Only what was added while the application ran. */ readonly kind: 'remove-entity'
      readonly entity: Expression
    }
  | {
      /** Only what was added, and nothing that has machines: these are made where they are. */
      readonly kind: 'move-entity'
      readonly entity: Expression
      readonly under: Expression
    }
  | {
      /** Output: `app`, the id of the application. */
      readonly kind: 'deploy'
      readonly blueprint: Expression
      readonly start: 'wait' | 'begin' | 'never'
    }
  | {
      readonly kind: 'initialise'
      readonly of?: EntityReference
      readonly blueprint: Expression
    }
  | {
      readonly kind: 'add-policy'
      readonly of?: EntityReference
      readonly blueprint: Expression
      /** One of the same name is replaced. @default a name that none there has */
      readonly name?: Expression
    }
  | { readonly kind: 'remove-policy'; readonly of?: EntityReference; readonly name: Expression }
  | UpdateChildrenAction

/**
 * Children of an entity are made, told and removed so that there is one for each item. The hooks see `item` (or `child`) and
 * the step's input.
 */
export interface UpdateChildrenAction {
  readonly kind: 'update-children'
  readonly of?: EntityReference
  readonly blueprint?: Expression
  readonly items: Expression
  /** What a child is known by; seen with `item`. */
  readonly identifier?: Expression
  /** Gives the child that an item belongs to; true or null for none, false for an item to leave out. */
  readonly match?: WorkflowSpec
  readonly creation?: WorkflowSpec
  /** Whether a child that belongs to no item is to go. */
  readonly deletion?: WorkflowSpec
  /** @default the effectors on_create, on_update, on_delete of the child, where it has them */
  readonly onCreate?: WorkflowSpec
  readonly onUpdate?: WorkflowSpec
  readonly onDelete?: WorkflowSpec
}

/** Does something outside. */
export type OutsideAction =
  | {
      /** Output: what the effector gives. */
      readonly kind: 'invoke'
      readonly of?: EntityReference | { readonly scope: 'value'; readonly of: Expression }
      readonly effector: string | Expression
      readonly arguments: ConfigMap
      /** @default true */
      readonly await: boolean
      /**
       * 'arguments': those that it does not declare, and those that are null, are left out. 'all': and nothing is done where
       * there is no such effector. @default neither
       */
      readonly lenient?: 'arguments' | 'all'
    }
  | {
      /** Runs on the machine of the entity, once. Output: `stdout`, `stderr`, `exit_code`. */
      readonly kind: 'command'
      readonly of?: EntityReference
      readonly script: Expression
      readonly environment: ConfigMap
      /** Of the exit code. @default 0 */
      readonly exitCode?: ConditionSpec
      /** Characters of each stream that are kept. @default 100000 */
      readonly limit?: number
    }
  | ContainerAction
  | {
      /** Output: `status_code`, `headers`, `content`, `content_json`, `duration`. */
      readonly kind: 'http'
      readonly url: Expression
      readonly query: ConfigMap
      readonly method: Expression
      readonly headers: ConfigMap
      /** A text as it is, other values as JSON. */
      readonly body?: Expression
      readonly login?: { readonly user: Expression; readonly password: Expression }
      /** Of the status. @default 200 to 399 */
      readonly status?: ConditionSpec
    }
  | {
      /** Takes a text from an address. */
      readonly kind: 'load'
      readonly url: Expression
      readonly variable: VariablePath
      readonly type?: string
    }

/** Runs a container of an image to its end, once, beside the entity. Output: `stdout`, `stderr`, `exit_code`. */
export interface ContainerAction {
  readonly kind: 'container'
  readonly image: Expression
  /** A list of words that are run instead of what the image runs. */
  readonly entrypoint?: Expression
  /** A list of words: what the image runs, or `entrypoint`, is told them. */
  readonly command?: Expression
  /** Run instead of both: by bash where the image has one, else by sh. A list is its lines. */
  readonly script?: Expression
  readonly workingDirectory?: Expression
  readonly environment: ConfigMap
  /** @default 'missing' */
  readonly pull?: PullRule
  /** Name of the place where it runs. @default where the entity is, or may be, or the only one that can */
  readonly location?: Expression
  /** Of the exit code. @default 0 */
  readonly exitCode?: ConditionSpec
  /** Bytes of each stream that are kept. @default 100000 */
  readonly limit?: number
}

/** When the image of a container is asked for at its registry. */
export type PullRule = 'always' | 'missing' | 'never'
