import type { Technique } from "../technique.ts";

/** Goes on calling when it is cancelled, and keeps what it is answered. */
export const technique: Technique = {
  kind: "escaped: the wire",
  code: `async ({ post, heard, run, pause, payload }) => {
  post("l" + JSON.stringify({ level: "info", message: "started", data: null }));
  const told = () => heard.some((f) => f.run === run && (f.type === "stop" || (f.type === "deliver" && f.text.startsWith("a"))));
  while (!told()) await pause(2);
  for (let i = 1; i < 1000; i++) { post("c" + i + ' reveal {"name":"SHOWN"}'); await pause(2); }
}`,
  ends: ["cancelled"],
  cancelled: true,
  escaped: true,
  kills: true,
};
