import { OptionalKind, type TOptional, type TSchema, type TUnsafe, Type } from '@sinclair/typebox'

/** A JSON Schema (2020-12) that describes values of type T on the wire. */
export type Schema<T> = TUnsafe<T>

/** The schema of a field that may be left out. */
export type OptionalSchema<T> = TOptional<TUnsafe<T>>

/** One schema for each field of T: a field that T has and the schema has not does not compile. */
export type FieldsOf<T> = {
  readonly [K in keyof T]-?: undefined extends T[K] ? OptionalSchema<Exclude<T[K], undefined>> : Schema<T[K]>
}

/** Any value that survives a round trip through JSON. */
export type WireJson = null | boolean | number | string | readonly WireJson[] | WireObject

/** A JSON object. */
export interface WireObject {
  readonly [key: string]: WireJson
}

/** Limits of a text. */
export interface TextLimits {
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
}

/** A named object that may grow fields in later versions: for what we say. */
export function shape<T extends object>(name: string, description: string, fields: FieldsOf<T>): Schema<T> {
  return Type.Unsafe<T>(Type.Object({ ...fields }, { title: name, description }))
}

/** A named object with these fields and no others: for what we are told. */
export function closed<T extends object>(name: string, description: string, fields: FieldsOf<T>): Schema<T> {
  return Type.Unsafe<T>(Type.Object({ ...fields }, { title: name, description, additionalProperties: false }))
}

/** A text; lengths in UTF-16 code units. */
export function text(description: string, limits: TextLimits = {}): Schema<string> {
  return Type.Unsafe<string>(Type.String({ description, ...limits }))
}

/** A number, whole or not. */
export function number(description: string): Schema<number> {
  return Type.Unsafe<number>(Type.Number({ description }))
}

/** A whole number within bounds, both included. */
export function integer(
  description: string,
  bounds: { minimum?: number; maximum?: number } = {},
): Schema<number> {
  return Type.Unsafe<number>(Type.Integer({ description, ...bounds }))
}

/** A time in milliseconds since the epoch. */
export function time(description: string): Schema<number> {
  return integer(`${description} Milliseconds since the epoch.`)
}

/** true or false. */
export function flag(description: string): Schema<boolean> {
  return Type.Unsafe<boolean>(Type.Boolean({ description }))
}

/** One of a few words. */
export function oneOf<T extends string | number>(description: string, words: readonly T[]): Schema<T> {
  return Type.Unsafe<T>(
    Type.Union(
      words.map((word) => Type.Literal(word)),
      { description },
    ),
  )
}

/** A list. */
export function list<T>(
  items: Schema<T>,
  description?: string,
  limits: { minItems?: number; maxItems?: number } = {},
): Schema<readonly T[]> {
  const told = description === undefined ? {} : { description }
  return Type.Unsafe<readonly T[]>(Type.Array(items, { ...told, ...limits }))
}

/** An object whose keys are data. */
export function map<T>(values: Schema<T>, description: string): Schema<{ readonly [key: string]: T }> {
  return Type.Unsafe<{ readonly [key: string]: T }>(Type.Record(Type.String(), values, { description }))
}

/** Any JSON value. */
export function json(description: string): Schema<WireJson> {
  return Type.Unsafe<WireJson>(Type.Unknown({ description }))
}

/** A value, or null where there is none. */
export function nullable<T>(schema: Schema<T>): Schema<T | null> {
  return Type.Unsafe<T | null>(Type.Union([schema, Type.Null()]))
}

/** A value of one kind or of another. */
export function either<A, B>(one: Schema<A>, other: Schema<B>): Schema<A | B> {
  return Type.Unsafe<A | B>(Type.Union([one, other]))
}

/** A field that may be left out. */
export function optional<T>(schema: Schema<T>): OptionalSchema<T> {
  return Type.Optional(schema)
}

/** Whether a schema is that of a field that may be left out. */
export function isOptional(schema: TSchema): boolean {
  return OptionalKind in schema
}
