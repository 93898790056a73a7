import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { FLAGS } from "./browser.ts";
import { eventually } from "./product.ts";

/** A tab, a popup or a frame's page, driven by the DevTools protocol. */
export interface Tab {
  goto(url: string): Promise<void>;
  /** Evaluates an expression in the page and gives back its value, as JSON. */
  run<T>(expression: string): Promise<T>;
  /** Clicks with the mouse where an element is: what a person can do, popups included. */
  click(selector: string): Promise<void>;
  type(selector: string, text: string): Promise<void>;
  /** Waits until an expression is true in the page. */
  until(expression: string): Promise<void>;
  screenshot(file: string): Promise<void>;
  size(width: number, height: number): Promise<void>;
}

/** Chromium with an empty profile. */
export interface Browser {
  /** The first tab. */
  readonly tab: Tab;
  /** Refused styles and scripts, exceptions and errors of every page so far. */
  readonly complaints: readonly string[];
  /** Waits for a page other than those known whose URL matches: a popup. */
  next(url: RegExp): Promise<Tab>;
  /** URLs of the pages that are open. */
  pages(): Promise<readonly string[]>;
  close(): Promise<void>;
}

interface Target {
  readonly targetId: string;
  readonly type: string;
  readonly url: string;
}

type Send = <T>(method: string, params?: object, sessionId?: string) => Promise<T>;

/** Starts it. */
export async function openBrowser(): Promise<Browser> {
  const profile = mkdtempSync(path.join(tmpdir(), "tenon-chromium-"));
  const child = spawn(
    "chromium",
    [...FLAGS, `--user-data-dir=${profile}`, "--remote-debugging-port=0", "about:blank"],
    {
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (log += text));
  const address = await eventually(
    "Chromium listens",
    async () => /DevTools listening on (\S+)/.exec(log)?.[1],
  );
  const socket = new WebSocket(address);
  await once(socket, "open");
  const complaints: string[] = [];
  const send = connect(socket, complaints);
  const known = new Set<string>();
  const targets = async (): Promise<readonly Target[]> =>
    (await send<{ targetInfos: Target[] }>("Target.getTargets")).targetInfos.filter(
      ({ type }) => type === "page" || type === "iframe",
    );
  const attach = async ({ targetId }: Target): Promise<Tab> => {
    known.add(targetId);
    const { sessionId } = await send<{ sessionId: string }>("Target.attachToTarget", {
      targetId,
      flatten: true,
    });
    await Promise.all(
      ["Page", "Runtime", "Log"].map(async (domain) => send(`${domain}.enable`, {}, sessionId)),
    );
    return tabOf(async (method, params) => send(method, params, sessionId));
  };
  const first = await eventually("a tab is open", async () => (await targets())[0]);
  return {
    tab: await attach(first),
    complaints,
    next: async (url) =>
      attach(
        await eventually(`a page at ${String(url)}`, async () =>
          (await targets()).find((target) => !known.has(target.targetId) && url.test(target.url)),
        ),
      ),
    pages: async () => (await targets()).map((target) => target.url),
    close: async () => {
      socket.close();
      child.kill();
      await once(child, "close");
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

interface Message {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
  readonly method?: string;
  readonly params?: {
    readonly entry?: { readonly level: string; readonly text: string };
    readonly exceptionDetails?: {
      readonly text: string;
      readonly exception?: { readonly description?: string };
    };
  };
}

function connect(socket: WebSocket, complaints: string[]): Send {
  const waiting = new Map<number, { done: (value: unknown) => void; failed: (error: Error) => void }>();
  let last = 0;
  socket.addEventListener("message", ({ data }) => {
    const message = JSON.parse(String(data)) as Message;
    const { entry, exceptionDetails } = message.params ?? {};
    if (entry?.level === "error" || entry?.level === "warning") {
      complaints.push(entry.text);
    }
    if (exceptionDetails !== undefined) {
      complaints.push(exceptionDetails.exception?.description ?? exceptionDetails.text);
    }
    const asked = waiting.get(message.id ?? 0);
    if (message.error === undefined) {
      asked?.done(message.result);
    } else {
      asked?.failed(new Error(message.error.message));
    }
  });
  return async <T>(method: string, params: object = {}, sessionId?: string): Promise<T> => {
    const id = (last += 1);
    const answer = new Promise<unknown>((done, failed) => waiting.set(id, { done, failed }));
    socket.send(JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }));
    return (await answer) as T;
  };
}

function tabOf(send: <T>(method: string, params?: object) => Promise<T>): Tab {
  const run = async <T>(expression: string): Promise<T> => {
    const { result, exceptionDetails } = await send<{
      result: { value: T };
      exceptionDetails?: { text: string };
    }>("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true, userGesture: true });
    if (exceptionDetails !== undefined) {
      throw new Error(`${exceptionDetails.text} in ${expression}`);
    }
    return result.value;
  };
  const until = async (expression: string): Promise<void> => {
    // A page that is being replaced has no context to evaluate in for a moment.
    await eventually(`${expression} in the page`, async () => run<boolean>(expression).catch(() => false));
  };
  const mouse = async (x: number, y: number): Promise<void> => {
    for (const type of ["mousePressed", "mouseReleased"]) {
      await send("Input.dispatchMouseEvent", { type, x, y, button: "left", clickCount: 1 });
    }
  };
  return {
    run,
    until,
    goto: async (url) => {
      await send("Page.navigate", { url });
      await until(`document.readyState === "complete" && location.href !== "about:blank"`);
    },
    click: async (selector) => {
      const place = `(() => { const element = document.querySelector(${JSON.stringify(selector)}); element?.scrollIntoView({ block: "center" }); const box = element?.getBoundingClientRect(); return box === undefined ? null : [box.x + box.width / 2, box.y + box.height / 2]; })()`;
      const [x, y] = await eventually(`${selector} in the page`, async () =>
        run<[number, number] | null>(place),
      );
      await mouse(x, y);
    },
    type: async (selector, text) => {
      await run(`document.querySelector(${JSON.stringify(selector)}).focus()`);
      await send("Input.insertText", { text });
    },
    screenshot: async (file) => {
      const { data } = await send<{ data: string }>("Page.captureScreenshot", { format: "png" });
      writeFileSync(file, Buffer.from(data, "base64"));
    },
    size: async (width, height) => {
      await send("Emulation.setDeviceMetricsOverride", {
        width,
        height,
        deviceScaleFactor: 1,
        mobile: false,
      });
    },
  };
}
