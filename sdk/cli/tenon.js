#!/usr/bin/env node
// The door of the CLI. Plain JavaScript, so that an old Node says one clear line instead of a syntax error.
import { existsSync } from "node:fs";
import module from "node:module";
import { fileURLToPath } from "node:url";

const major = Number(process.versions.node.split(".")[0]);
if (!(major >= 26)) {
  console.error(
    `tenon needs Node 26 and this is ${process.version}. In a checkout use \`npm run tenon -- …\`, in a project of \`tenon init\` use \`npx tenon …\`: both bring the right Node.`,
  );
  process.exit(1);
}

// TypeScript in a checkout, which Node runs as it is. Compiled where the package is installed: Node strips no
// types under node_modules.
const entry = ["./main.ts", "./main.js"].find((file) => existsSync(new URL(file, import.meta.url)));
if (entry === "./main.ts") {
  // As for the services: what Node makes of the sources is kept beside the packages.
  module.enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/tenon", import.meta.url)));
}
const { main } = await import(entry);
// Whoever reads may stop early: `tenon runs list | head -3`.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error) => {
    if (error.code !== "EPIPE") {
      throw error;
    }
    process.exit();
  });
}
process.exitCode = await main(process.argv.slice(2));
