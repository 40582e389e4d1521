import type {
  Clock,
  FailureCause,
  Location,
  LocationFactory,
  OwnerMarks,
  Random,
  ResourceKind,
} from '../../engine/index.js'

/** Opens places that do everything but exist; the simulated ones, bound by compose. */
export type ImaginedPlaces = (ports: { readonly clock: Clock; readonly random: Random }) => {
  readonly driver: string
  open(record: Parameters<LocationFactory['open']>[0]): ImaginedPlace
}

/** A place with the hand behind it. */
export interface ImaginedPlace extends Location {
  readonly handle: PlaceHand
}

/** Does to a place what nobody asked for, and sees everything that is there. */
export interface PlaceHand {
  /** Removes a resource. */
  vanish(token: string): Promise<void>
  /** Ends the services of a machine. */
  crash(token: string): Promise<void>
  /** Loses the host of a machine, which goes on there, for so many milliseconds. */
  loseHost(token: string, ms?: number): Promise<void>
  /** Bends calls from now on. */
  arm(rule: CallBend): void
  inventory(): Promise<readonly FarObject[]>
}

/** How calls are bent: their answers are lost after the effect, they are refused, or they take longer. */
export interface CallBend {
  readonly verbs?: readonly 'ensure'[]
  readonly effect: 'lost-after' | 'refuse' | 'slow'
  readonly times?: number
  /** Milliseconds. */
  readonly delay?: number
  readonly cause?: FailureCause
}

/** Something that is or was at a place. */
export interface FarObject {
  readonly token: string
  readonly name: string
  readonly kind: ResourceKind
  readonly marks?: OwnerMarks
  readonly state: string
}
