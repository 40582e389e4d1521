/** A text as a name for an entity: lower case, `[a-z0-9_-]`, at most 63 characters; '' when nothing is left. */
export function entityName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[-_]+|-+$/g, '')
    .slice(0, 63)
}
