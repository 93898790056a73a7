import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A page as a browser shows it. */
export interface LoadedPage {
  /** The document after everything was loaded and laid out. */
  readonly dom: string;
  /** What the page's console said: a refused style or script among it. */
  readonly console: string;
}

/** A Chromium that talks to nobody on its own. */
export const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--enable-logging=stderr",
  "--log-level=0",
];

/** Loads a page in a Chromium of its own, with an empty profile. */
export async function loadPage(url: string): Promise<LoadedPage> {
  const profile = mkdtempSync(path.join(tmpdir(), "tenon-chromium-"));
  try {
    const child = spawn("chromium", [...FLAGS, `--user-data-dir=${profile}`, "--dump-dom", url], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let dom = "";
    let log = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (dom += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (log += text));
    await once(child, "close");
    const lines = log.split("\n").filter((line) => line.includes("CONSOLE"));
    return { dom, console: lines.join("\n") };
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
