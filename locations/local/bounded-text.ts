/** Keeps the beginning and the end of what passes, at most so many bytes, and says how much lies between. */
export class BoundedText {
  readonly #half: number
  #head = Buffer.alloc(0)
  #tail = Buffer.alloc(0)
  #dropped = 0

  constructor(limit: number) {
    this.#half = Math.floor(limit / 2)
  }

  push(bytes: Buffer): void {
    const room = this.#half - this.#head.length
    if (room > 0) this.#head = Buffer.concat([this.#head, bytes.subarray(0, room)])
    const rest = room > 0 ? bytes.subarray(room) : bytes
    if (rest.length === 0) return
    const tail = Buffer.concat([this.#tail, rest])
    const over = Math.max(0, tail.length - this.#half)
    this.#tail = tail.subarray(over)
    this.#dropped += over
  }

  toString(): string {
    if (this.#dropped === 0) return Buffer.concat([this.#head, this.#tail]).toString()
    return `${this.#head.toString()}\n... ${this.#dropped} bytes left out ...\n${this.#tail.toString()}`
  }
}
