import type { Technique } from "../technique.ts";

/** Asks for private, loopback and metadata addresses in every notation. */
export const technique: Technique = {
  kind: "the network",
  code: `async (ctx) => {
  const port = new URL(ctx.input.hidden).port; const reached = [];
  const hosts = ["127.0.0.2", "127.2", "0x7f000002", "2130706434", "0177.0.0.2", "127.0.0.2.", "[::ffff:127.0.0.2]", "[::1]", "[::]", "0.0.0.0", "localhost", "LOCALHOST", "169.254.169.254", "[fd00:ec2::254]", "10.0.0.1", "192.168.0.1", "100.64.0.1", "[64:ff9b::7f00:2]", "[2002:7f00:2::]", "\\uff11\\uff12\\uff17.0.0.2", "127\\u30020\\u30020\\u30022", "168.63.129.16"];
  for (const host of hosts) for (const scheme of ["http", "https"]) try { const r = await ctx.fetch(scheme + "://" + host + ":" + port + "/"); reached.push(host + " " + r.status); } catch {}
  return reached;
}`,
  ends: ["completed"],
  answer: [],
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
};
