import type { Technique } from "../technique.ts";

/** Waits for replies to calls that were under way when its run ended. */
export const technique: Technique = {
  kind: "escaped: the wire",
  code: `async ({ done, post, heard, run, pause, payload }) => {
  post('c1 fetch ' + JSON.stringify({ token: 1, request: { url: JSON.parse(payload.input).bound + "/slow?ms=100", method: "GET", redirect: "follow", headers: [], body: null } }));
  await pause(20); done("over"); await pause(400);
  const late = heard.filter((f) => f.type === "deliver" && f.run === run);
  if (late.length > 0) process.kill(process.pid, "SIGKILL");
}`,
  ends: ["completed"],
  answer: "over",
  escaped: true,
};
