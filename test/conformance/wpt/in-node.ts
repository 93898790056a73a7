import { Worker } from "node:worker_threads";
import { expressionOf, type Program } from "./files.ts";
import type { Report } from "./results.ts";

/** Runs a program in a thread of its own in Node: what the platform that everybody knows makes of it. */
export async function runInNode(program: Program): Promise<Report[]> {
  const reports: Report[] = [];
  const text = `
    const { parentPort } = require("node:worker_threads");
    // Scripts of the web are not modules.
    for (const name of ["exports", "module", "require"]) delete globalThis[name];
    process.on("uncaughtException", () => {});
    process.on("unhandledRejection", () => {});
    ${expressionOf(program)}((results) => parentPort.postMessage(results)).finally(() => {
      setImmediate(() => process.exit());
    });`;
  const worker = new Worker(text, { eval: true, stdout: true, stderr: true });
  worker.on("message", (results: Report[]) => reports.push(...results));
  await new Promise((resolve) => {
    worker.once("exit", resolve);
    worker.once("error", resolve);
  });
  return reports;
}
