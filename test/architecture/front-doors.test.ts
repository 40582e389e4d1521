import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

const foldersIn = (path: string): string[] =>
  existsSync(join(root, path))
    ? readdirSync(join(root, path), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => `${path}/${entry.name}`)
    : []

const doors = [
  ...['engine', 'blueprints', 'policies', 'catalog'],
  ...foldersIn('locations'),
  ...['server/api', 'server/handlers', 'server/http', 'server/storage', 'server/rehearsal', 'server/proof'],
].filter((door) => existsSync(join(root, door, 'index.ts')))

const nameOf = (declaration: ts.Statement): string[] => {
  if (ts.isVariableStatement(declaration)) {
    return declaration.declarationList.declarations.map(({ name }) => name.getText())
  }
  const { name } = declaration as ts.Statement & { name?: ts.Node }
  return name === undefined ? [] : [name.getText()]
}

const isExported = (statement: ts.Statement): boolean =>
  ts.canHaveModifiers(statement) &&
  (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)

/** The names that a front door promises, types marked as such. */
function promisesOf(door: string): string[] {
  const path = join(root, door, 'index.ts')
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)
  return source.statements
    .flatMap((statement) => {
      if (!ts.isExportDeclaration(statement)) return isExported(statement) ? nameOf(statement) : []
      const clause = statement.exportClause
      if (clause === undefined || !ts.isNamedExports(clause)) return ['*']
      return clause.elements.map(
        (element) => (statement.isTypeOnly || element.isTypeOnly ? 'type ' : '') + element.name.text,
      )
    })
    .sort()
}

describe('a front door', () => {
  it.each(doors)('of %s promises these names and no others', async (door) => {
    const promised = `${promisesOf(door).join('\n')}\n`
    await expect(promised).toMatchFileSnapshot(`front-doors/${door.replaceAll('/', '-')}.txt`)
  })

  it.each(doors)('of %s says in its first lines what the room is for', (door) => {
    expect(readFileSync(join(root, door, 'index.ts'), 'utf8')).toMatch(/^\s*(\/\*\*|\/\/)/)
  })
})
