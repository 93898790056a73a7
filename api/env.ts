import type { HttpBindings } from "@hono/node-server";
import type { Caller } from "./caller.ts";

/** What Hono carries along a request. */
export interface ApiEnv {
  Bindings: Partial<HttpBindings>;
  Variables: {
    requestId: string;
    /** Set once the request is authenticated. */
    caller: Caller | undefined;
  };
}
