/** Work that may still be done: steps that are left. Shared by everything that is to take bounded time together. */
export interface Effort {
  left: number;
}

/**
 * The strongly connected components of a graph: for each node the number of its component. Iterative (Tarjan), because
 * graphs of patterns are deep. Null: there is no effort left to look at all of it.
 */
export function componentsOf(
  size: number,
  next: (node: number) => Iterable<number>,
  effort: Effort,
): Int32Array | null {
  if (size > effort.left) {
    effort.left = -1;
    return null;
  }
  const component = new Int32Array(size).fill(-1);
  const order = new Int32Array(size).fill(-1);
  const low = new Int32Array(size);
  const stack: number[] = [];
  let visited = 0;
  let found = 0;
  effort.left -= size;
  for (let root = 0; root < size; root++) {
    if (order[root] !== -1) {
      continue;
    }
    const path = [enter(root)];
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const { done, value } = step.rest.next();
      if (done !== true) {
        if (--effort.left < 0) {
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
