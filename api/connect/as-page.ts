import type { Context } from "hono";
import { TenonError } from "#runtime/errors.ts";
import type { ApiEnv } from "../env.ts";
import { isId } from "../fields.ts";
import type { ApiParts } from "../parts.ts";
import { messagePage } from "./document.ts";
import { frame } from "./frame.ts";
import { basePath } from "./request.ts";

type Handler = (context: Context<ApiEnv>) => Promise<Response>;

/** Answers what goes wrong with a page for people. What is not meant for them goes on to the log. */
export function asPage(parts: ApiParts, handler: Handler): Handler {
  return async (context) => {
    try {
      return await handler(context);
    } catch (error) {
      if (!(error instanceof TenonError) || error.fault === "operator") {
        throw error;
      }
      frame(context, null);
      const session = context.req.param("session") ?? "";
      return context.html(
        messagePage({
          title: "That did not work",
          text: error.message,
          good: false,
          code: error.code,
          ...(isId(session)
            ? { link: { href: `${basePath(parts)}/connect/${session}`, label: "Back" } }
            : {}),
        }),
        error.status as 400,
      );
    }
  };
}
