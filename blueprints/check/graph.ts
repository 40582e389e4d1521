/**
 * One cycle for each knot of a directed graph: the nodes in order, each leading to the next and the last to the first.
 * Nodes are compared by text; the answer depends on the order of nodes and edges only. No recursion: depth costs nothing.
 */
export function findCycles(
  nodes: readonly string[],
  next: (node: string) => readonly string[],
): readonly (readonly string[])[] {
  const done = new Set<string>()
  const cycles: (readonly string[])[] = []
  for (const start of nodes) {
    if (!done.has(start)) walkFrom(start, next, { done, cycles })
  }
  return cycles
}

interface Walk {
  readonly done: Set<string>
  readonly cycles: (readonly string[])[]
}

function walkFrom(start: string, next: (node: string) => readonly string[], walk: Walk): void {
  const path = [{ node: start, edges: next(start), at: 0 }]
  const open = new Map([[start, 0]])
  const knotted = new Set<string>()
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const target = top.edges[top.at]
    top.at += 1
    if (target === undefined) {
      path.pop()
      open.delete(top.node)
      walk.done.add(top.node)
      continue
    }
    const position = open.get(target)
    if (position !== undefined)
      noteCycle(
        path.slice(position).map((step) => step.node),
        knotted,
        walk,
      )
    else if (!walk.done.has(target)) {
      open.set(target, path.length)
      path.push({ node: target, edges: next(target), at: 0 })
    }
  }
}

/** A cycle through a node that is in a reported one already is the same mistake. */
function noteCycle(cycle: readonly string[], knotted: Set<string>, walk: Walk): void {
  if (cycle.some((node) => knotted.has(node))) return
  for (const node of cycle) knotted.add(node)
  walk.cycles.push(cycle)
}
