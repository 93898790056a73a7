import type { Technique } from "../technique.ts";

/** Tries every door of its process by Node's own modules. */
export const technique: Technique = {
  kind: "escaped: the process",
  code: `async ({ done }) => {
  const open = []; const attempt = async (name, act) => { try { await act(); open.push(name); } catch {} };
  const fs = require("node:fs"), cp = require("node:child_process"), net = require("node:net"), dgram = require("node:dgram"), http = require("node:http"), wt = require("node:worker_threads"), dns = require("node:dns/promises"), inspector = require("node:inspector");
  await attempt("read a file", () => fs.readFileSync("/etc/passwd"));
  await attempt("read its own code", () => fs.readFileSync(process.argv[1]));
  await attempt("read its memory", () => fs.readFileSync("/proc/self/mem"));
  await attempt("read another's environment", () => fs.readFileSync("/proc/" + process.ppid + "/environ"));
  await attempt("list a folder", () => fs.readdirSync("/"));
  await attempt("write a file", () => fs.writeFileSync("/tmp/escaped", "x"));
  await attempt("start a process", () => { const r = cp.spawnSync("/bin/true"); if (r.error) throw r.error; });
  await attempt("start a worker", () => new wt.Worker("1", { eval: true }));
  await attempt("become another program", () => process.execve("/bin/true", ["true"], {}));
  await attempt("connect", () => new Promise((ok, no) => { const s = net.connect(1, "127.0.0.1"); s.once("connect", ok); s.once("error", no); }));
  await attempt("listen", () => new Promise((ok, no) => { const s = net.createServer().listen(0); s.once("listening", ok); s.once("error", no); }));
  await attempt("connect to a path", () => new Promise((ok, no) => { const s = net.connect("/var/run/docker.sock"); s.once("connect", ok); s.once("error", no); }));
  await attempt("send a datagram", () => new Promise((ok, no) => { const s = dgram.createSocket("udp4"); s.once("error", no); s.send("x", 53, "127.0.0.1", (e) => (e ? no(e) : ok())); }));
  await attempt("resolve a name", () => dns.lookup("example.com"));
  await attempt("request", () => new Promise((ok, no) => http.get("http://127.0.0.1:1/", ok).once("error", no)));
  await attempt("debug itself", () => { inspector.open(0); if (inspector.url() === undefined) throw new Error("closed"); });
  await attempt("kill its parent", () => process.kill(process.ppid, 0));
  await attempt("load an addon", () => process.dlopen({ exports: {} }, "/lib/x86_64-linux-gnu/libc.so.6"));
  done({ open, environment: Object.keys(process.env) });
}`,
  ends: ["completed"],
  answer: { open: [], environment: [] },
  escaped: true,
  limits: { wallMs: 30_000 },
};
