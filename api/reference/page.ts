import { createHash } from "node:crypto";
import type { Context } from "hono";
import { html, raw } from "hono/html";
import type { ApiEnv } from "../env.ts";
import type { OpenApiDocument } from "../openapi/document.ts";
import { operationsByTag } from "./operations.ts";
import type { Operation, TagGroup } from "./operations.ts";
import { operationArticle } from "./operation.ts";
import { prose } from "./prose.ts";
import type { Html } from "./prose.ts";
import { STYLE } from "./style.ts";

const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

/** No script, no font, no image, nothing from elsewhere: only this one style. */
const CONTENT_SECURITY_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** Serves the reference of the API, rendered once from its OpenAPI document. */
export function referencePage(document: OpenApiDocument) {
  const page = render(document);
  return (context: Context<ApiEnv>): Response | Promise<Response> =>
    context.html(page, 200, {
      "Content-Security-Policy": CONTENT_SECURITY_POLICY,
      "Cache-Control": "public, max-age=300",
    });
}

function render(document: OpenApiDocument): Html {
  const groups = operationsByTag(document);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${document.info.title}</title>
        ${raw(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <nav aria-label="Operations">
          <p class="brand">${document.info.title} <span>v${document.info.version}</span></p>
          <ul>
            <li><a href="#authentication">Authentication</a></li>
            <li><a href="#errors">Errors</a></li>
          </ul>
          ${groups.map(navigationGroup)}
        </nav>
        <main id="content">
          <header>
            <h1>${document.info.title}</h1>
            ${prose(document.info.description ?? "")}
            <p><a href="/api/v1/openapi.json">OpenAPI 3.1 document</a></p>
          </header>
          ${introduction()} ${groups.map((group) => tagSection(document, group))}
        </main>
      </body>
    </html>`;
}

function navigationGroup({ tag, operations }: TagGroup): Html {
  return html`<h2><a href="#${tag.anchor}">${tag.name}</a></h2>
    <ul>
      ${operations.map((operation) => navigationEntry(operation))}
    </ul>`;
}

function navigationEntry({ id, method, summary }: Operation): Html {
  return html`<li>
    <a href="#${id}"><span class="method ${method}">${method}</span> ${summary}</a>
  </li>`;
}

function tagSection(document: OpenApiDocument, { tag, operations }: TagGroup): Html {
  return html`<section aria-labelledby="${tag.anchor}">
    <h2 id="${tag.anchor}">${tag.name}</h2>
    ${prose(tag.description)} ${operations.map((operation) => operationArticle(document, operation))}
  </section>`;
}

function introduction(): Html {
  return html`<section aria-labelledby="authentication">
      <h2 id="authentication">Authentication</h2>
      <p>Send the API key in one of three headers:</p>
      <pre tabindex="0"><code>Authorization: Bearer tn_live_…
x-api-key: tn_live_…
x-fastn-api-key: tn_live_…</code></pre>
      <p>Keys that begin with <code>tn_test_</code> do not reach production environments.</p>
    </section>
    <section aria-labelledby="errors">
      <h2 id="errors">Errors</h2>
      <p>
        Every error is <code>application/problem+json</code> (RFC 9457). Look at <code>code</code>, which is
        stable; <code>errors</code> names the wrong fields; <code>requestId</code> finds the request in the
        log.
      </p>
    </section>`;
}
