import type { Technique } from "../technique.ts";

/** Makes requests that no prelude writes: of private hosts, with secrets for strangers, with broken headers. */
export const technique: Technique = {
  kind: "escaped: the wire",
  code: `async ({ post, done, heard, run, pause, payload }) => {
  const input = JSON.parse(payload.input); const request = (url, headers = []) => ({ url, method: "GET", redirect: "follow", headers, body: null });
  const tries = [request(input.hidden + "/"), request(input.stranger + "/stranger", [["x-key", payload.secrets.KEY]]), request(input.bound + "/x", [["x-a", "1\\r\\nx-smuggled: 1"]]), request(input.bound + "/x", [["x-a\\r\\nx-smuggled", "1"]]), { ...request(input.bound + "/x"), method: "GET /smuggled HTTP/1.1\\r\\n\\r\\nGET" }, { ...request(input.hidden), allow: ["*"] }];
  tries.forEach((one, i) => post("c" + (i + 1) + " fetch " + JSON.stringify({ token: i + 1, request: one })));
  const mine = () => heard.filter((f) => f.type === "deliver" && f.run === run); while (mine().length < tries.length) await pause(5);
  done(mine().filter((f) => !f.text.startsWith("e")).length);
}`,
  ends: ["completed"],
  answer: 0,
  escaped: true,
};
