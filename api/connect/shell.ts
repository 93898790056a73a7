import { html } from "hono/html";
import { isOpen } from "#runtime/connections/connect-session.ts";
import type { ConnectSession } from "#runtime/connections/connect-session.ts";
import { withOutcome } from "#runtime/connections/return-url.ts";
import type { Html } from "../reference/prose.ts";
import { documentOf, messagePage } from "./document.ts";

/** The page of a session before anybody proved to hold its token: it names nobody. */
export function shell(base: string, session: ConnectSession | null): Html {
  if (session === null || !isOpen(session)) {
    return messagePage({
      title: "This link does not work any more",
      text: "It has ended, was revoked, or is not one of ours. Go back to where you came from and begin again.",
      good: false,
    });
  }
  const { redirectUrl } = session;
  return documentOf({
    title: "Connect an account",
    script: `${base}/connect/assets/page.js`,
    data: {
      "data-base": `${base}/connect/${session.id}`,
      "data-session": session.id,
      "data-origins": JSON.stringify(session.allowedOrigins),
      "data-single": String(session.connectionId !== null || session.connectors.length === 1),
    },
    body: html`<div class="card">
        <p id="notice" class="notice" role="status" tabindex="-1"></p>
        <div id="view" aria-busy="true">
          <h1>Connect an account</h1>
          <p class="dim">One moment…</p>
          <noscript
            ><p class="notice bad">This page needs JavaScript. Allow it and load the page again.</p></noscript
          >
        </div>
      </div>
      <footer>
        <span>Credentials are encrypted and never shown again.</span>
        ${
          redirectUrl === null
            ? html`<button type="button" class="link" id="done" hidden>Done</button>`
            : html`<a id="return" href="${withOutcome(redirectUrl, { status: "closed" })}" rel="noreferrer"
                >Return to ${new URL(redirectUrl).host}</a
              >`
        }
      </footer>`,
  });
}
