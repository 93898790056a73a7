/** Node's modules that a workflow has, each as the text of the CommonJS module that it is to a bundle. */
const shim = (file: string, member = "exported"): string => `module.exports=require("./${file}").${member}`;
const unenv = (name: string): string => `module.exports=require("unenv/node/${name}").default`;
const BASE = "module.exports=require(";

/** By name, without `node:`. */
export const OFFERED: Readonly<Record<string, string>> = {
  assert: shim("assert"),
  "assert/strict": `${shim("assert")}.strict`,
  async_hooks: shim("async-hooks"),
  buffer: shim("buffer"),
  console: "module.exports=Object.assign(Object.create(console),{console})",
  constants: "module.exports={}",
  crypto: shim("crypto"),
  diagnostics_channel: unenv("diagnostics_channel"),
  events: shim("events"),
  os: shim("os"),
  path: shim("path"),
  "path/posix": `${shim("path")}.posix`,
  "path/win32": `${shim("path")}.win32`,
  perf_hooks: shim("perf-hooks"),
  process: shim("process"),
  punycode: unenv("punycode"),
  querystring: unenv("querystring"),
  stream: `${BASE}"readable-stream/lib/ours/browser.js")`,
  "stream/consumers": shim("stream-consumers"),
  "stream/promises": `${BASE}"readable-stream/lib/ours/browser.js").promises`,
  "stream/web": "module.exports=globalThis",
  string_decoder: `${BASE}"string_decoder/")`,
  sys: shim("util"),
  timers: shim("timers"),
  "timers/promises": shim("timers", "promises"),
  url: unenv("url"),
  util: shim("util"),
  "util/types": shim("util-types"),
  zlib: shim("zlib"),
};

/** The packages that Node's modules come from. */
export const BASES: Readonly<Record<string, string>> = {
  assert: "unenv/node/assert",
  buffer: "buffer/",
  events: "events/",
};

const FILES =
  "it has no files. Import data as JSON or text files, which become part of the bundle, or fetch it.";
const SOCKETS = "it has no sockets. Use fetch or ctx.fetch.";
const HTTP =
  "it has no sockets, and nobody can connect to it. Send requests by fetch or ctx.fetch; runs are started by the API.";
const PROCESSES =
  "it has no processes and no threads. Do the work in the run, or in one more run of its own.";
const ENGINE = "it cannot reach into the engine that runs it.";
const TERMINAL = "it has no terminal. Read ctx.input, and write by ctx.log or console.";

/** Node's modules that a workflow does not have, and why. */
export const REFUSED: Readonly<Record<string, string>> = {
  child_process: PROCESSES,
  cluster: PROCESSES,
  dgram: SOCKETS,
  dns: SOCKETS,
  "dns/promises": SOCKETS,
  domain: ENGINE,
  fs: FILES,
  "fs/promises": FILES,
  http: HTTP,
  http2: HTTP,
  https: HTTP,
  inspector: ENGINE,
  "inspector/promises": ENGINE,
  module: ENGINE,
  net: SOCKETS,
  readline: TERMINAL,
  "readline/promises": TERMINAL,
  repl: TERMINAL,
  sea: ENGINE,
  sqlite: FILES,
  test: "it is no place for tests. Test it by tenon/testing.",
  tls: SOCKETS,
  trace_events: ENGINE,
  tty: TERMINAL,
  v8: ENGINE,
  vm: ENGINE,
  wasi: ENGINE,
  worker_threads: PROCESSES,
};

/** What packages look at of modules that are not there. */
export const KNOWN: Readonly<Record<string, string>> = {
  http: "{STATUS_CODES:{},METHODS:[]}",
  tty: "{isatty:()=>false}",
  worker_threads: "{isMainThread:true,parentPort:null,workerData:null,threadId:0}",
};

const DATABASE = "it needs sockets to reach its server. Use the database's HTTP API, or a connector.";
const NATIVE = "it is native code, and a workflow runs JavaScript only.";
const BROWSER = "it starts a browser, and a workflow has no processes. Use a service that does, by fetch.";
const SERVER = "it is a server, and nobody can connect to a workflow. Runs are started by the API.";

/** Packages that do nothing without what a workflow does not have. */
export const PACKAGES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    "pg postgres mysql mysql2 mongodb mongoose redis ioredis mssql tedious oracledb cassandra-driver amqplib kafkajs"
      .split(" ")
      .map((name) => [name, DATABASE]),
  ),
  ...Object.fromEntries(
    "better-sqlite3 sqlite3 sharp canvas argon2 isolated-vm koffi node-pty"
      .split(" ")
      .map((name) => [name, NATIVE]),
  ),
  ...Object.fromEntries(
    "puppeteer puppeteer-core playwright playwright-core".split(" ").map((name) => [name, BROWSER]),
  ),
  ...Object.fromEntries("express fastify koa @hapi/hapi restify".split(" ").map((name) => [name, SERVER])),
  bcrypt: `${NATIVE} Use bcryptjs, which is the same in JavaScript.`,
  nodemailer: "it needs sockets to reach a mail server. Use a mail service's HTTP API, or a connector.",
  ssh2: SOCKETS,
  "basic-ftp": SOCKETS,
  ws: "it needs sockets. A workflow sends requests and is started by them: it keeps no connection open.",
  "fs-extra": FILES,
  chokidar: FILES,
  execa: PROCESSES,
  undici: "it brings sockets of its own. Use fetch, which is the same.",
};
