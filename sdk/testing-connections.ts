import type { ConnectionAction, ConnectionHandle } from "./ctx-connections.ts";

/** What a test decides about one connection. */
export interface TestConnection {
  /**
   * Answers `fetch`. A path is below `https://connection.test`: the request for `"/contacts"` has the URL
   * `https://connection.test/contacts`. There is no credential on it. Default: refuses.
   */
  readonly fetch?: (request: Request) => Response | Promise<Response>;
  /**
   * Answers actions, by their names in camel case, with what they return; for `pages` and `iterate` with all items.
   * Default: refuses.
   */
  readonly actions?: Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => unknown>>;
  /** Answers `paginate` with all items of a path. Default: refuses. */
  readonly lists?: (path: string) => readonly unknown[] | Promise<readonly unknown[]>;
}

/** An action that the code under test called. */
export interface TestActionCall {
  /** What the workflow calls the connection. */
  readonly connection: string;
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What the code under test did with its connections. */
export interface ConnectionRecord {
  readonly request: (request: Request) => Request | Promise<Request>;
  readonly call: (call: TestActionCall) => void;
}

const BASE = "https://connection.test";

/** `ctx.connections` as a test gives it. */
export function testConnections(
  given: Readonly<Record<string, TestConnection | undefined>>,
  record: ConnectionRecord,
): Readonly<Record<string, ConnectionHandle | undefined>> {
  return Object.fromEntries(
    Object.entries(given).map(([alias, connection]) => [
      alias,
      connection === undefined ? undefined : handleOf(alias, connection, record),
    ]),
  );
}

function handleOf(alias: string, connection: TestConnection, record: ConnectionRecord): ConnectionHandle {
  return {
    fetch: async (path, init) => {
      const target = path instanceof Request ? path : new URL(path, BASE);
      const request = await record.request(new Request(target, init));
      if (connection.fetch === undefined) {
        throw refused(alias, `${request.method} ${request.url}`, "fetch: () => Response.json({ … })");
      }
      return connection.fetch(request);
    },
    paginate: (path) => {
      const { lists } = connection;
      if (lists === undefined) {
        throw refused(alias, `the list ${String(path)}`, "lists: () => [ … ]");
      }
      return items(async () => lists(String(path)));
    },
    actions: new Proxy(
      {},
      {
        get: (_, name) =>
          typeof name === "symbol" || name === "then" ? undefined : actionOf(alias, name, connection, record),
      },
    ),
  };
}

function actionOf(
  alias: string,
  name: string,
  connection: TestConnection,
  record: ConnectionRecord,
): ConnectionAction {
  const perform = async (input: Readonly<Record<string, unknown>> = {}): Promise<unknown> => {
    record.call({ connection: alias, action: name, input });
    const answer = connection.actions?.[name];
    if (answer === undefined) {
      throw refused(alias, `the action ${name}`, `actions: { ${name}: () => ({ … }) }`);
    }
    return answer(input);
  };
  const list = async (input?: Readonly<Record<string, unknown>>): Promise<readonly unknown[]> => {
    const found = await perform(input);
    if (!Array.isArray(found)) {
      throw new TypeError(`The test's action ${name} answers pages: return an array of all items.`);
    }
    return found;
  };
  const action = Object.assign(perform, {
    pages: (input?: Readonly<Record<string, unknown>>) => pageOf(async () => list(input)),
    iterate: (input?: Readonly<Record<string, unknown>>) => items(async () => list(input)),
  });
  // One cast for what a test cannot know: the caller says what type it expects.
  return action as unknown as ConnectionAction;
}

async function* items<Item>(list: () => Promise<readonly unknown[]>): AsyncGenerator<Item> {
  yield* (await list()) as readonly Item[];
}

async function* pageOf(list: () => Promise<readonly unknown[]>): AsyncGenerator<readonly unknown[]> {
  yield await list();
}

function refused(alias: string, what: string, mend: string): TypeError {
  return new TypeError(
    `The test does not answer ${what} of the connection "${alias}": pass connections: { ${alias}: { ${mend} } }.`,
  );
}
