import type { Context } from "hono";
import { TenonError } from "#runtime/errors.ts";
import type { ApiEnv } from "../env.ts";
import { isId } from "../fields.ts";
import type { ApiParts } from "../parts.ts";
import { messagePage } from "./document.ts";
import { frame } from "./frame.ts";
import { basePath } from "./request.ts";

type Handler = (context: Context<ApiEnv>) => Promise<Response>;

/** What a message for those who run the product says to the people who are sent here. */
export function textForPeople({ code, message }: TenonError): string {
  return code === "TENON_OAUTH_APP_MISSING"
    ? "This cannot be connected yet: it is not set up completely. Tell whoever sent you here, please."
    : message;
}

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
          text: textForPeople(error),
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
