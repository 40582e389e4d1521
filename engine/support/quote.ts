/** One word of POSIX sh that stands for exactly this text. The text must hold no NUL, which no shell can carry. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
