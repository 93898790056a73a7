import type { Technique } from "../technique.ts";

/** Makes calls without waiting for any. */
export const technique: Technique = {
  kind: "escaped: the wire",
  code: `async ({ post, pause, payload }) => { const url = JSON.parse(payload.input).bound + "/never"; for (let i = 1; i < 30000; i++) post("c" + i + " fetch " + JSON.stringify({ token: i, request: { url, method: "GET", redirect: "follow", headers: [], body: null } })); await pause(60000); }`,
  ends: ["TENON_CALL_LIMIT"],
  escaped: true,
  kills: true,
};
