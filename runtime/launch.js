// The door of every process. Plain JavaScript, so that an old Node says one clear line instead of a syntax error.
import { writeFileSync } from "node:fs";
import module from "node:module";
import path from "node:path";

const major = Number(process.versions.node.split(".")[0]);
if (!(major >= 26)) {
  console.error(
    `Tenon needs Node 26 and this is ${process.version}. Use the npm scripts (npm start, npm run api, npm run worker): they bring their own.`,
  );
  process.exit(1);
}

const entries = {
  start: "./start.ts",
  api: "../api/main.ts",
  worker: "./worker/main.ts",
  courier: "./oauth/main.ts",
  bootstrap: "./bootstrap.ts",
  vault: "./vault/main.ts",
};
// What Node makes of the sources is kept beside the packages, where that can be written: it is made once, and who
// finds it there needs no compiler for types, nor its memory.
module.enableCompileCache(path.join(import.meta.dirname, "../node_modules/.cache/tenon"));

const name = process.argv[2] ?? "";
if (name === "compile") {
  for (const entry of Object.values(entries)) {
    await import(entry);
  }
  module.flushCompileCache();
  const kept = module.getCompileCacheDir();
  if (kept !== undefined) {
    writeFileSync(path.join(kept, "../compiled"), "");
  }
  process.exit();
}
const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
if (entry === undefined) {
  console.error(`Usage: node runtime/launch.js <${[...Object.keys(entries), "compile"].join("|")}>`);
  process.exit(1);
}

const { main } = await import(entry);
module.flushCompileCache();
try {
  await main(process.argv.slice(3));
} catch (error) {
  // A setup error is the operator's to mend: one line. Anything else is ours: show where it comes from.
  const line = error?.code === "TENON_SETUP" ? error.message : (error?.stack ?? String(error));
  // Under a supervisor it is the supervisor that says it, once.
  if (process.send === undefined) {
    console.error(`tenon: ${line}`);
    process.exit(1);
  }
  process.send({ ready: false, reason: line }, () => process.exit(1));
}
