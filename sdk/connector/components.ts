/**
 * The strongly connected components of a graph: for each node the number of its component. Iterative (Tarjan), because
 * graphs of patterns are deep. Null: more than `budget` edges were looked at.
 */
export function componentsOf(
  size: number,
  next: (node: number) => Iterable<number>,
  budget: number,
): Int32Array | null {
  const component = new Int32Array(size).fill(-1);
  const order = new Int32Array(size).fill(-1);
  const low = new Int32Array(size);
  const stack: number[] = [];
  let visited = 0;
  let found = 0;
  let edges = 0;
  for (let root = 0; root < size; root++) {
    if (order[root] !== -1) {
      continue;
    }
    const path = [enter(root)];
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const { done, value } = step.rest.next();
      if (done !== true) {
        if (++edges > budget) {
          return null;
        }
        if (order[value] === -1) {
          path.push(enter(value));
        } else if (component[value] === -1) {
          low[step.node] = Math.min(low[step.node] ?? 0, order[value] ?? 0);
        }
        continue;
      }
      path.pop();
      leave(step.node, path.at(-1)?.node);
    }
  }
  return component;

  function enter(node: number) {
    order[node] = visited;
    low[node] = visited++;
    stack.push(node);
    return { node, rest: next(node)[Symbol.iterator]() };
  }

  function leave(node: number, parent: number | undefined): void {
    if (low[node] === order[node]) {
      for (
        let member = stack.pop();
        member !== undefined;
        member = member === node ? undefined : stack.pop()
      ) {
        component[member] = found;
      }
      found++;
    }
    if (parent !== undefined) {
      low[parent] = Math.min(low[parent] ?? 0, low[node] ?? 0);
    }
  }
}
