import path from "node:path";
import { describe, expect, test } from "vitest";
import { bundleWorkflow } from "#sdk/bundle.ts";
import { issuesOf, load, project } from "./bundled.ts";

const run = async (files: Readonly<Record<string, string>>): Promise<unknown> => {
  const { folder } = project(files);
  const bundle = await bundleWorkflow({ entry: path.join(folder, "flow.js") });
  return (load(bundle).default as () => unknown)();
};

describe("what a workflow does not have", () => {
  test.each([
    ["node:fs", /"node:fs" does not exist in a workflow: it has no files\. Import data/],
    ["fs/promises", /it has no files/],
    ["net", /it has no sockets\. Use fetch or ctx\.fetch/],
    ["node:http", /runs are started by the API/],
    ["child_process", /it has no processes/],
    ["node:worker_threads", /it has no processes and no threads/],
    ["sharp", /The package "sharp" cannot work in a workflow: it is native code/],
    ["bcrypt", /Use bcryptjs/],
    ["pg/lib/client.js", /The package "pg" cannot work in a workflow: it needs sockets/],
    ["express", /Runs are started by the API/],
  ])("%s is refused where the author imports it", async (specifier, message) => {
    const { folder } = project({ "flow.js": `\nimport x from "${specifier}";\nexport default () => x;` });
    const issues = await issuesOf(bundleWorkflow({ entry: path.join(folder, "flow.js") }));
    expect(issues).toEqual([
      expect.objectContaining({
        file: "flow.js",
        line: 2,
        message: expect.stringMatching(message) as string,
      }),
    ]);
  });

  test("is named where a package is native code", async () => {
    const { folder } = project({
      "flow.js": 'import x from "fast-and-native"; export default () => x;',
      "node_modules/fast-and-native/index.js": 'module.exports = require("./build/addon.node");',
      "node_modules/fast-and-native/build/addon.node": "\u007fELF",
    });
    const issues = await issuesOf(bundleWorkflow({ entry: path.join(folder, "flow.js") }));
    expect(issues).toEqual([
      expect.objectContaining({
        file: "node_modules/fast-and-native/index.js",
        line: 1,
        message: expect.stringContaining("native code") as string,
      }),
    ]);
  });

  test("may be imported by a package that never uses it", async () => {
    const answer = await run({
      "flow.js": 'import { word, Agent } from "careful"; export default () => [word(), typeof Agent];',
      "node_modules/careful/package.json": '{"name":"careful","type":"module","exports":"./index.js"}',
      "node_modules/careful/index.js": `import { promisify } from "util";
import fs, { readFile } from "node:fs";
import * as http from "http";
const read = promisify(readFile);
export class Agent extends http.Agent {}
export const word = (name) => name === undefined ? "fine" : read(name) ?? fs.constants.O_RDONLY;`,
    });
    expect(answer).toEqual(["fine", "function"]);
  });

  test.each([
    ["called", 'fs.readFileSync("x")', "fs.readFileSync is not available in a workflow: it has no files."],
    ["constructed", "new net.Socket()", "net.Socket is not available in a workflow: it has no sockets."],
    ["extended", "new (class extends net.Socket {})()", "net.Socket is not available"],
    ["reached into", "fs.promises.open()", "fs.promises.open is not available"],
  ])("says what is missing when a package uses it: %s", async (_, expression, message) => {
    const files = {
      "flow.js": `import { use } from "careless"; export default () => { try { use(); } catch (error) { return [error.code, error.message]; } };`,
      "node_modules/careless/index.js": `const fs = require("fs"); const net = require("net"); exports.use = () => ${expression};`,
    };
    expect(await run(files)).toEqual(["TENON_NOT_AVAILABLE", expect.stringContaining(message) as string]);
  });

  test("is absent for a package that asks whether it is there", async () => {
    const answer = await run({
      "flow.js": 'import { found } from "curious"; export default () => found();',
      "node_modules/curious/index.js": `let fs; try { fs = require("fs"); } catch {}
exports.found = async () => [typeof fs, await import("net").then(() => "net", (error) => error.code)];`,
    });
    expect(answer).toEqual(["undefined", "TENON_NOT_AVAILABLE"]);
  });

  test("is what a package's own `browser` field says", async () => {
    const answer = await run({
      "flow.js": 'import { kinds } from "mapped"; export default () => kinds;',
      "node_modules/mapped/package.json":
        '{"name":"mapped","main":"index.js","browser":{"fs":false,"crypto":false,"os":"./os.js"}}',
      "node_modules/mapped/os.js": 'exports.EOL = "mapped";',
      "node_modules/mapped/index.js":
        'exports.kinds = [Object.keys(require("fs")), Object.keys(require("crypto")), require("os").EOL];',
    });
    expect(answer).toEqual([[], [], "mapped"]);
  });
});

describe("Node's globals", () => {
  test("are in a bundle only where something names them", async () => {
    const { folder } = project({
      "without.ts": "export default (process: string) => process;",
      "with.ts": 'export default () => [Buffer.from("a").toString("hex"), process.env.HOME, typeof global];',
    });
    const without = await bundleWorkflow({ entry: path.join(folder, "without.ts") });
    expect(without.code.length).toBeLessThan(1_000);
    const bundle = await bundleWorkflow({ entry: path.join(folder, "with.ts") });
    expect((load(bundle).default as () => unknown)()).toEqual(["61", undefined, "object"]);
  });

  test("are Node's own modules also where a namesake is installed", async () => {
    const answer = await run({
      "flow.js":
        'import { sep } from "path"; import events from "node:events"; export default () => [sep, new events().on("x", () => {}).emit("x")];',
      "node_modules/path/index.js": 'exports.sep = "wrong";',
      "node_modules/events/index.js": 'module.exports = "wrong";',
    });
    expect(answer).toEqual(["/", true]);
  });
});
