import type { SourcePlace } from '../engine/index.js'

/** Where all that was written of an entity stands. */
export interface Body {
  readonly place: SourcePlace
  readonly pointer: string
}

/** Where the part of a value that these keys and positions lead to was written, or the nearest around it. */
export type Inside = (steps: readonly string[]) => SourcePlace

/**
 * Where the parts of a spec were written, beside the spec: a spec is what is wanted and must not change when a line is
 * moved. Kept by identity, for the time of one compilation.
 */
export class Origins {
  readonly #places = new Map<object, SourcePlace>()
  readonly #keys = new Map<object, SourcePlace>()
  readonly #bodies = new Map<object, Body>()
  readonly #insides = new Map<object, Inside>()

  /** Notes where `part` was written; gives it back. */
  mark<T extends object>(part: T, place: SourcePlace): T {
    this.#places.set(part, place)
    return part
  }

  /** Notes where the key in front of `part` was written; gives the part back. */
  markKey<T extends object>(part: T, place: SourcePlace): T {
    this.#keys.set(part, place)
    return part
  }

  /** Notes where what is inside of a plain value was written; gives the value back. */
  markInside<T extends object>(part: T, inside: Inside): T {
    this.#insides.set(part, inside)
    return part
  }

  /** Where the part of a plain value that keys and positions lead to was written, or the nearest around it. */
  inside(part: object | undefined, steps: readonly string[]): SourcePlace | undefined {
    return part === undefined ? undefined : (this.#insides.get(part)?.(steps) ?? this.of(part))
  }

  /** Notes all that was written of an entity; gives it back. */
  markBody<T extends object>(part: T, { place, pointer }: Body): T {
    this.#bodies.set(part, { place, pointer })
    return part
  }

  /** All that was written of an entity; undefined when that was not noted. */
  bodyOf(part: object): Body | undefined {
    return this.#bodies.get(part)
  }

  /** Where its key was written; where it was itself, when that was not noted. */
  keyOf(part: object | undefined): SourcePlace | undefined {
    return part === undefined ? undefined : (this.#keys.get(part) ?? this.#places.get(part))
  }

  /** Where it was written; undefined when that was not noted. */
  of(part: object | undefined): SourcePlace | undefined {
    return part === undefined ? undefined : this.#places.get(part)
  }
}
