import type { Technique } from "../technique.ts";

/** Gives a revoked proxy to every door. */
export const technique: Technique = {
  kind: "proxies and getters",
  code: `async (ctx) => {
  const { proxy, revoke } = Proxy.revocable({}, {}); revoke();
  const names = [];
  for (const attempt of [() => ctx.fetch(proxy), () => ctx.fetch("https://a.test/", proxy), () => ctx.hmac(proxy, "x"), () => ctx.hmac("KEY", proxy), () => ctx.hmac("KEY", "x", proxy), () => ctx.reveal(proxy), () => ctx.log.info(proxy, proxy), () => console.log(proxy), () => setTimeout(proxy), () => structuredClone(proxy), () => new URL(proxy), () => new Headers(proxy), () => new Response(proxy), () => ctx.signal.addEventListener("abort", proxy)])
    try { await attempt(); names.push("fine"); } catch (error) { names.push(error instanceof Error ? "Error" : typeof error); }
  return names.every((name) => name === "Error" || name === "fine");
}`,
  ends: ["completed"],
  answer: true,
};
