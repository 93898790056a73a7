import { html, raw } from "hono/html";
import type { Html } from "../reference/prose.ts";
import { STYLE } from "./style.ts";

/** One page for people: everything in it is escaped, and nothing of it comes from elsewhere. */
export function documentOf(page: {
  readonly title: string;
  readonly body: Html;
  /** Goes to `<html>`: what our script reads. */
  readonly data?: Readonly<Record<`data-${string}`, string>>;
  /** Path of our script; without one, the page has none. */
  readonly script?: string;
  /** More for the head. */
  readonly head?: Html;
}): Html {
  const data = Object.entries(page.data ?? {}).map(([name, value]) => html` ${raw(name)}="${value}"`);
  return html`<!doctype html>
    <html lang="en" ${data}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>${page.title}</title>
        ${page.head ?? ""} ${raw(`<style>${STYLE}</style>`)}
        ${page.script === undefined ? "" : html`<script type="module" src="${page.script}"></script>`}
      </head>
      <body>
        <main>${page.body}</main>
      </body>
    </html>`;
}

/** A page that only says something. */
export function messagePage(message: {
  readonly title: string;
  readonly text: string;
  readonly good: boolean;
  readonly code?: string;
  readonly link?: { readonly href: string; readonly label: string };
  readonly data?: Readonly<Record<`data-${string}`, string>>;
  readonly script?: string;
}): Html {
  const { title, text, good, code, link, data, script } = message;
  return documentOf({
    title,
    ...(data === undefined ? {} : { data }),
    ...(script === undefined ? {} : { script }),
    body: html`<div class="card">
      <h1>${title}</h1>
      <p class="notice ${good ? "good" : "bad"}" role="${good ? "status" : "alert"}">${text}</p>
      ${code === undefined ? "" : html`<p class="dim small">${code}</p>`}
      ${link === undefined ? "" : html`<p><a class="button" href="${link.href}">${link.label}</a></p>`}
    </div>`,
  });
}
