import type { Technique } from "../technique.ts";

/** Describes an error of megabytes, with causes without end. */
export const technique: Technique = {
  kind: "escaped: the wire",
  code: `async ({ send, run, pause }) => { let error = "null"; for (let i = 0; i < 2000; i++) error = '{"code":null,"name":"E","message":"m","stack":null,"cause":' + error + "}"; send({ type: "ended", run, end: "settled", texts: ["f" + error], detail: "", cpuMs: 1 }); await pause(60000); }`,
  ends: ["TENON_PROTOCOL", "TENON_USER_ERROR"],
  escaped: true,
  kills: true,
};
