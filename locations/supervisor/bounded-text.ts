/** Keeps what a command prints, at most `limit` bytes: beyond them the middle is left out, and the text says so. */
export class BoundedText {
  readonly #half: number
  readonly #head: Buffer[] = []
  #tail: Buffer[] = []
  #headSize = 0
  #tailSize = 0
  #cut = 0

  constructor(limit: number) {
    this.#half = Math.max(1, Math.floor(limit / 2))
  }

  push(bytes: Buffer): void {
    const room = Math.min(this.#half - this.#headSize, bytes.length)
    if (room > 0) this.#head.push(bytes.subarray(0, room))
    this.#headSize += Math.max(0, room)
    const rest = bytes.subarray(Math.max(0, room))
    if (rest.length === 0) return
    this.#tail.push(rest)
    this.#tailSize += rest.length
    if (this.#tailSize > 2 * this.#half) this.#trim()
  }

  toString(): string {
    this.#trim()
    if (this.#cut === 0) return Buffer.concat([...this.#head, ...this.#tail]).toString()
    const [head, tail] = [this.#head, this.#tail].map((part) => Buffer.concat(part).toString())
    return `${head ?? ''}\n… ${this.#cut} bytes left out …\n${tail ?? ''}`
  }

  #trim(): void {
    const tail = Buffer.concat(this.#tail)
    const over = Math.max(0, tail.length - this.#half)
    this.#cut += over
    this.#tail = [tail.subarray(over)]
    this.#tailSize = tail.length - over
  }
}
