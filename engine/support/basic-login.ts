/** The header by which a name and a password are said over HTTP. Danger: it is as secret as the password. */
export function basicLogin(user: string, password: string): string {
  const bytes = new TextEncoder().encode(`${user}:${password}`)
  return `Basic ${btoa(String.fromCharCode(...bytes))}`
}
