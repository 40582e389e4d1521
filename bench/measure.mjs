// `npm run measure`: the shape of the code in figures, per room: lines per file and per function, comment share,
// runtime import cycles, and test lines for each source line. Lines of code are lines with something on them that is
// not comment; functions count from their first line to their last.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative, resolve } from 'node:path'

import ts from 'typescript'

const root = resolve(import.meta.dirname, '..')
const rooms = ['engine', 'blueprints', 'policies', 'locations', 'server', 'catalog']

function filesIn(folder) {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)).replaceAll('\\', '/'))
    .sort()
}

const lineOf = (source, position) => source.getLineAndCharacterOfPosition(position).line

/** The numbers of the lines on which a token stands, and of those on which a comment does. */
function linesOf(source) {
  const code = new Set()
  const comment = new Set()
  const mark = (lines, from, to) => {
    for (let line = lineOf(source, from); line <= lineOf(source, to); line += 1) lines.add(line)
  }
  const visit = (node) => {
    for (const range of ts.getLeadingCommentRanges(source.text, node.getFullStart()) ?? []) {
      mark(comment, range.pos, range.end)
    }
    if (node.getChildCount(source) === 0 && node.getWidth(source) > 0) {
      mark(code, node.getStart(source), node.getEnd())
    }
    for (const child of node.getChildren(source)) if (!ts.isJSDoc(child)) visit(child)
  }
  visit(source)
  return { code: code.size, comment: [...comment].filter((line) => !code.has(line)).length }
}

/** Functions that have a name, or are bound to one. */
const isNamedFunction = (node) =>
  ts.isFunctionDeclaration(node) ||
  ts.isMethodDeclaration(node) ||
  ts.isConstructorDeclaration(node) ||
  ts.isAccessor(node) ||
  ((ts.isArrowFunction(node) || ts.isFunctionExpression(node)) &&
    (ts.isVariableDeclaration(node.parent) ||
      ts.isPropertyAssignment(node.parent) ||
      ts.isPropertyDeclaration(node.parent)))

function functionsOf(source) {
  const lengths = []
  const visit = (node) => {
    if (isNamedFunction(node) && node.body !== undefined) {
      lengths.push(lineOf(source, node.getEnd()) - lineOf(source, node.getStart(source)) + 1)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return lengths
}

/** The local files that this one needs at run time. */
function importsOf(source, path) {
  return source.statements
    .filter((statement) => ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement))
    .filter((statement) => !(statement.importClause?.isTypeOnly ?? statement.isTypeOnly ?? false))
    .map((statement) => statement.moduleSpecifier?.text ?? '')
    .filter((target) => target.startsWith('.'))
    .map((target) =>
      normalize(join(dirname(path), target))
        .replaceAll('\\', '/')
        .replace(/\.js$/, '.ts'),
    )
}

function measure(path) {
  const text = readFileSync(join(root, path), 'utf8')
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  return { path, ...linesOf(source), functions: functionsOf(source), imports: importsOf(source, path) }
}

/** Files that can reach themselves: Tarjan's strongly connected components of more than one file. */
function cyclesAmong(files) {
  const graph = new Map(files.map((file) => [file.path, file.imports]))
  const seen = new Map()
  const stack = []
  const cycles = []
  const visit = (path) => {
    const own = { index: seen.size, low: seen.size, open: true }
    seen.set(path, own)
    stack.push(path)
    for (const next of graph.get(path) ?? []) {
      if (!graph.has(next)) continue
      if (!seen.has(next)) own.low = Math.min(own.low, visit(next).low)
      else if (seen.get(next).open) own.low = Math.min(own.low, seen.get(next).index)
    }
    if (own.low === own.index) {
      const component = stack.splice(stack.indexOf(path))
      for (const member of component) seen.get(member).open = false
      if (component.length > 1) cycles.push(component)
    }
    return own
  }
  for (const path of graph.keys()) if (!seen.has(path)) visit(path)
  return cycles
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0)
const quantile = (numbers, share) => {
  const sorted = [...numbers].sort((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
const spread = (numbers) =>
  `${quantile(numbers, 0.5)} / ${quantile(numbers, 0.95)} / ${Math.max(0, ...numbers)}`
const percent = (part, whole) => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)}%`)

function row(name, files, tests) {
  const code = sum(files.map((file) => file.code))
  const comment = sum(files.map((file) => file.comment))
  const proof = sum(tests.map((file) => file.code))
  return {
    room: name,
    files: files.length,
    lines: code,
    'file p50/p95/max': spread(files.map((file) => file.code)),
    functions: sum(files.map((file) => file.functions.length)),
    'function p50/p95/max': spread(files.flatMap((file) => file.functions)),
    comment: percent(comment, code + comment),
    cycles: cyclesAmong(files).length,
    'test : source': code === 0 ? '–' : (proof / code).toFixed(2),
  }
}

const sourcesByRoom = new Map(rooms.map((room) => [room, filesIn(room).map(measure)]))
const tests = filesIn('test').map(measure)
const everything = [...sourcesByRoom.values()].flat()
const table = [
  ...rooms.map((room) => {
    const mirror = tests.filter((file) => file.path.startsWith(`test/${room}/`))
    return row(room, sourcesByRoom.get(room), mirror)
  }),
  row('all rooms', everything, tests),
]

if (process.argv.includes('--json')) {
  console.log(JSON.stringify(table, undefined, 2))
} else {
  const columns = Object.keys(table[0])
  const widths = columns.map((column) =>
    Math.max(column.length, ...table.map((line) => String(line[column]).length)),
  )
  const print = (cells) => console.log(cells.map((cell, at) => String(cell).padStart(widths[at])).join('  '))
  print(columns)
  for (const line of table) print(columns.map((column) => line[column]))
}
for (const cycle of cyclesAmong(everything)) console.log(`cycle: ${cycle.join(' -> ')}`)
if (cyclesAmong(everything).length > 0) process.exitCode = 1
