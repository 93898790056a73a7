/**
 * Modules that most runs never touch: each is evaluated when it is first asked for. The bundler turns `require`
 * into a function that evaluates once; there is no other module loader in an isolate.
 */
interface Modules {
  "./abort.guest.ts": typeof import("./abort.guest.ts");
  "./clone.guest.ts": typeof import("./clone.guest.ts");
  "./console.guest.ts": typeof import("./console.guest.ts");
  "./encoding.guest.ts": typeof import("./encoding.guest.ts");
  "./fetch.guest.ts": typeof import("./fetch.guest.ts");
  "./headers.guest.ts": typeof import("./headers.guest.ts");
  "./random.guest.ts": typeof import("./random.guest.ts");
  "./secrets.guest.ts": typeof import("./secrets.guest.ts");
  "./timers.guest.ts": typeof import("./timers.guest.ts");
  "./url.guest.ts": typeof import("./url.guest.ts");
  "./url-params.guest.ts": typeof import("./url-params.guest.ts");
}

declare const require: <Path extends keyof Modules>(path: Path) => Modules[Path];

/** One function per lazy module. */
export const lazy = {
  abort: () => require("./abort.guest.ts"),
  clone: () => require("./clone.guest.ts"),
  console: () => require("./console.guest.ts"),
  encoding: () => require("./encoding.guest.ts"),
  fetch: () => require("./fetch.guest.ts"),
  headers: () => require("./headers.guest.ts"),
  random: () => require("./random.guest.ts"),
  secrets: () => require("./secrets.guest.ts"),
  timers: () => require("./timers.guest.ts"),
  url: () => require("./url.guest.ts"),
  params: () => require("./url-params.guest.ts"),
};
