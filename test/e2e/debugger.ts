import { eventually } from "#test/support/product.ts";

interface Paused {
  readonly callFrames: readonly {
    readonly callFrameId: string;
    readonly location: { readonly scriptId: string };
  }[];
}

/** A debugger at the other end of the Chrome DevTools protocol. */
export class Debugger {
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, (result: unknown) => void>();
  readonly #events: { readonly method: string; readonly params: unknown }[] = [];
  readonly scripts = new Map<string, { readonly scriptId: string; readonly sourceMapURL: string }>();
  #lastId = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      this.#hear(JSON.parse(String(data)) as Message);
    });
  }

  /** What can be attached to on a port. */
  static async targets(port: number): Promise<readonly { readonly webSocketDebuggerUrl: string }[]> {
    try {
      const answer = await fetch(`http://127.0.0.1:${String(port)}/json/list`);
      return (await answer.json()) as { webSocketDebuggerUrl: string }[];
    } catch {
      return [];
    }
  }

  static async attach(port: number): Promise<Debugger> {
    let url = "";
    await eventually("something can be debugged", async () => {
      url = (await Debugger.targets(port))[0]?.webSocketDebuggerUrl ?? "";
      return url !== "";
    });
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", () => {
        reject(new Error("the debugger was not let in"));
      });
    });
    return new Debugger(socket);
  }

  async call<Result = unknown>(method: string, params: object = {}): Promise<Result> {
    this.#lastId += 1;
    const id = this.#lastId;
    const answered = new Promise<unknown>((resolve) => this.#answers.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method, params }));
    return (await answered) as Result;
  }

  /** The next event of a kind. */
  async next(method: "Debugger.paused"): Promise<Paused> {
    let found = -1;
    await eventually(`a ${method}`, async () => {
      found = this.#events.findIndex((event) => event.method === method);
      return found !== -1;
    });
    const [event] = this.#events.splice(found, 1);
    return event?.params as Paused;
  }

  close(): void {
    this.#socket.close();
  }

  #hear(message: Message): void {
    if ("id" in message) {
      this.#answers.get(message.id)?.(message.result ?? message.error);
      return;
    }
    if (message.method === "Debugger.scriptParsed") {
      const script = message.params as { url: string; scriptId: string; sourceMapURL: string };
      this.scripts.set(script.url, script);
    }
    this.#events.push(message);
  }
}

type Message =
  | { readonly id: number; readonly result?: unknown; readonly error?: unknown }
  | { readonly method: string; readonly params: unknown };
