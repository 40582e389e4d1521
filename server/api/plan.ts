import { type WireProblem, problemSchema } from './problem.js'
import { type Schema, flag, integer, list, map, number, oneOf, optional, shape, text } from './schema.js'

/** One step of a plan. */
export interface PlanStep {
  readonly action: 'create' | 'change' | 'replace' | 'move' | 'start' | 'stop' | 'destroy'
  readonly entity: string
  readonly type: string
  readonly location: string
  readonly reason: string
  readonly changes: readonly string[]
  readonly after: readonly string[]
  readonly wave: number
}

/** What a place says about what a plan asks of it. */
export interface CapacityLine {
  readonly location: string
  readonly asked: number
  readonly fits: number
  readonly detail: string
  readonly enough: boolean
}

/** What becomes of an entity that was added to the application while it ran. */
export interface PlannedGraft {
  readonly entity: string
  readonly lost?: string
}

/** What would be done, bound to what it was made from. */
export interface Plan {
  readonly application: string
  readonly name: string
  readonly digest: string
  readonly specDigest: string
  readonly baseVersion: number
  readonly baseGeneration: number
  readonly steps: readonly PlanStep[]
  /** What else the document says otherwise: in force at once, without a step. */
  readonly settings: readonly string[]
  /** What was added to the application while it ran: kept, unless `lost` says why not. */
  readonly grafts: readonly PlannedGraft[]
  readonly summary: { readonly [action: string]: number }
  readonly capacity: readonly CapacityLine[]
  /** What its document says that may not be meant; absent where there is nothing. */
  readonly warnings?: readonly WireProblem[]
}

const stepSchema: Schema<PlanStep> = shape<PlanStep>('PlanStep', 'One step of a plan.', {
  action: oneOf('What is done.', ['create', 'change', 'replace', 'move', 'start', 'stop', 'destroy']),
  entity: text('Path of the entity.'),
  type: text('Its type.'),
  location: text('Where.'),
  reason: text('Why.'),
  changes: list(text('e.g. "machine.image: a → b"'), 'What forces it.'),
  after: list(text('A path.'), 'Steps of these entities come first.'),
  wave: integer('Position among steps that may run together, 0 first.'),
})

/** Schema of a capacity line. */
export const capacitySchema: Schema<CapacityLine> = shape<CapacityLine>(
  'CapacityLine',
  'What a place says about what is asked of it.',
  {
    location: text('The place.'),
    asked: number('Machines asked for.'),
    fits: number('Machines that fit.'),
    detail: text('In its words.'),
    enough: flag('Whether all of it fits.'),
  },
)

const plannedGraftSchema: Schema<PlannedGraft> = shape<PlannedGraft>(
  'PlannedGraft',
  'What becomes of an entity that was added to the application while it ran.',
  {
    entity: text('Path of the entity.'),
    lost: optional(text('Why it is not kept; absent: it is.')),
  },
)

/** Schema of a plan. */
export const planSchema: Schema<Plan> = shape<Plan>('Plan', 'What would be done, and why.', {
  application: text("The application's id, if it is there."),
  name: text("The application's name."),
  digest: text('Apply with it is refused when the world has moved since.'),
  specDigest: text('Content address of the compiled document.'),
  baseVersion: integer('Version that it was made from; 0 for a new application.'),
  baseGeneration: integer('Generation that it was made from; 0 for a new application.'),
  steps: list(stepSchema, 'In the order of work.'),
  settings: list(
    text('e.g. "web: health.period: 1000 → 5000"'),
    'What else the document says otherwise: in force at once, without a step.',
  ),
  grafts: list(plannedGraftSchema, 'What was added to the application while it ran.'),
  summary: map(integer('Number of steps.'), 'Number of steps by action.'),
  capacity: list(capacitySchema),
  warnings: optional(list(problemSchema, 'What its document says that may not be meant.')),
})
