import { html } from "hono/html";

/** Escaped HTML. */
export type Html = ReturnType<typeof html>;

/** Plain paragraphs with `code` in backticks: all that our descriptions use of Markdown. */
export function prose(text: string): Html {
  const paragraphs = text.split(/\n\s*\n/).filter((paragraph) => paragraph.trim() !== "");
  return html`${paragraphs.map((paragraph) => html`<p>${inline(paragraph)}</p>`)}`;
}

/** One line of prose. */
export function inline(text: string): Html {
  return html`${text.split("`").map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}
