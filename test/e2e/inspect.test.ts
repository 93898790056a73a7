import { generatedPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { afterEach, describe, expect, test } from "vitest";
import { readConfig } from "#runtime/config.ts";
import { createClient } from "#sdk/client.ts";
import { newDataDir, removeDataDir, startInstallation } from "#test/support/installation.ts";
import type { Installation } from "#test/support/installation.ts";
import { eventually } from "#test/support/product.ts";
import { freePort } from "#test/support/redis.ts";
import { Debugger } from "./debugger.ts";

const SOURCE = `import { defineWorkflow } from "tenon";
export default defineWorkflow({ slug: "greet", timeout: "5s" }, async (ctx, input: { name: string }) => {
  const greeting = "Hello, " + input.name;
  await new Promise((resolve) => setTimeout(resolve, 10));
  return { greeting };
});
`;

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) {
    await close();
  }
});

async function start(env: Readonly<Record<string, string>>): Promise<Installation> {
  const folder = newDataDir();
  closing.push(() => {
    removeDataDir(folder);
  });
  const installation = await startInstallation(folder, env);
  closing.push(async () => installation.stop());
  return installation;
}

async function deployed({ url, apiKey }: Installation, environment: string) {
  const client = createClient({ url, apiKey });
  await client.workflows.create({ slug: "greet" });
  const { number } = await client.versions.publish("greet", { source: SOURCE, filename: "src/greet.ts" });
  await client.deployments.create("greet", { environment, version: number });
  return client;
}

describe("a run that is debugged", () => {
  test("waits for the debugger, stops at the author's lines, shows their values, and ends as usual", async () => {
    const port = await freePort();
    const installation = await start({ TENON_INSPECT: String(port) });
    const client = await deployed(installation, "development");
    const run = await client.runs.create(
      { workflow: "greet", environment: "development", input: { name: "Ada" }, inspect: true },
      { wait: 0 },
    );
    const looking = await Debugger.attach(port);
    closing.push(() => {
      looking.close();
    });
    await looking.call("Runtime.enable");
    await looking.call("Debugger.enable");
    await looking.call("Runtime.runIfWaitingForDebugger");

    const first = await looking.next("Debugger.paused");
    const script = looking.scripts.get("tenon:workflow");
    expect(first.callFrames[0]?.location.scriptId).toBe(script?.scriptId);
    const text = Buffer.from(script?.sourceMapURL.split(",")[1] ?? "", "base64").toString();
    const map = new TraceMap(text);
    expect(map.sources).toContain("src/greet.ts");
    expect(map.sourcesContent).toContain(SOURCE);

    // As an editor does it: from the author's fourth line, by the map, to a place in the bundle.
    const place = generatedPositionFor(map, { source: "src/greet.ts", line: 4, column: 2 });
    await looking.call("Debugger.setBreakpointByUrl", {
      url: "tenon:workflow",
      lineNumber: (place.line ?? 0) - 1,
      columnNumber: place.column,
    });
    await looking.call("Debugger.resume");
    const second = await looking.next("Debugger.paused");
    const { result } = await looking.call<{ result: { value: unknown } }>("Debugger.evaluateOnCallFrame", {
      callFrameId: second.callFrames[0]?.callFrameId,
      expression: "greeting",
    });
    expect(result.value).toBe("Hello, Ada");
    await looking.call("Debugger.resume");

    await eventually("the run has ended", async () => (await client.runs.get(run.id)).status === "completed");
    expect((await client.runs.get(run.id)).result).toEqual({ greeting: "Hello, Ada" });
  });

  test("that nobody attaches to is listed by its name and cancelled like any other, and its process is gone", async () => {
    const port = await freePort();
    const installation = await start({ TENON_INSPECT: String(port) });
    const client = await deployed(installation, "development");
    const asked = { workflow: "greet", environment: "development", input: { name: "Ada" }, inspect: true };
    const run = await client.runs.create(asked, { wait: 0 });
    await eventually("it waits", async () => (await Debugger.targets(port)).length === 1);
    expect(await Debugger.targets(port)).toMatchObject([{ title: `greet, run ${run.id}`, url: "file://" }]);
    const other = await client.runs.create(asked, { wait: 30 });
    expect(other).toMatchObject({ status: "failed", error: { code: "TENON_INSPECT_BUSY" } });
    await client.runs.cancel(run.id);
    await eventually("it is cancelled", async () => (await client.runs.get(run.id)).status === "cancelled");
    await eventually("nothing listens", async () => (await Debugger.targets(port)).length === 0);
  });

  test("is refused where the installation does not allow it, and the setting is refused in production", async () => {
    const installation = await start({});
    const client = await deployed(installation, "development");
    await expect(
      client.runs.create({
        workflow: "greet",
        environment: "development",
        input: { name: "A" },
        inspect: true,
      }),
    ).rejects.toMatchObject({ status: 403, code: "TENON_INSPECT_OFF" });
    const key = Buffer.alloc(32).toString("base64");
    for (const more of [
      { DATABASE_URL: "postgres://localhost/tenon", TENON_MASTER_KEY: key },
      { TENON_HOST: "0.0.0.0", TENON_MASTER_KEY: key },
    ]) {
      expect(() => readConfig({ TENON_INSPECT: "9229", ...more })).toThrow(/TENON_INSPECT/);
    }
  });
});
