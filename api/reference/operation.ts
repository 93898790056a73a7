import { html } from "hono/html";
import type { OpenApiDocument } from "../openapi/document.ts";
import type { MediaType, Operation, Parameter } from "./operations.ts";
import { inline, prose } from "./prose.ts";
import type { Html } from "./prose.ts";
import { exampleOf, schemaFields, typeOf } from "./schema.ts";

/** One operation: what it takes, what it answers, and how to call it. */
export function operationArticle(document: OpenApiDocument, operation: Operation): Html {
  const { id, method, path, summary, description } = operation;
  return html`<article aria-labelledby="${id}">
    <h3 id="${id}">
      <span class="method ${method}">${method}</span> <code class="path">${path}</code>
      <a class="anchor" href="#${id}" aria-label="Link to ${summary}">#</a>
    </h3>
    <p class="summary">${summary}</p>
    ${prose(description)} ${parameterTable(document, operation.parameters)}
    ${requestBody(document, operation.body)}
    <h4>Answers</h4>
    ${operation.responses.map((response) => answer(document, response))}
    <h4>Example</h4>
    <pre tabindex="0"><code>${curl(document, operation)}</code></pre>
  </article>`;
}

function parameterTable(document: OpenApiDocument, parameters: readonly Parameter[]): Html {
  if (parameters.length === 0) {
    return html``;
  }
  return html`<h4>Parameters</h4>
    <div class="scroll" tabindex="0" role="region" aria-label="Parameters">
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">In</th>
            <th scope="col">Type</th>
            <th scope="col">Meaning</th>
          </tr>
        </thead>
        <tbody>
          ${parameters.map(
            (parameter) =>
              html`<tr>
                <td>
                  <code>${parameter.name}</code> ${
                    parameter.required === true ? html`<span class="required">required</span>` : ""
                  }
                </td>
                <td>${parameter.in}</td>
                <td class="type">${typeOf(document, parameter.schema ?? {})}</td>
                <td>${inline(parameter.description ?? parameter.schema?.description ?? "")}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

function requestBody(document: OpenApiDocument, body: MediaType | null): Html {
  return body === null
    ? html``
    : html`<h4>Request body</h4>
        ${schemaFields(document, body.schema ?? {})}`;
}

function answer(document: OpenApiDocument, response: Operation["responses"][number]): Html {
  const { status, description, media, contentType } = response;
  const kind = status.startsWith("2") ? "good" : "bad";
  const heading = html`<span class="status ${kind}">${status}</span> ${inline(description)}`;
  if (media === null || kind === "bad") {
    return html`<p class="answer">${heading}</p>`;
  }
  const example = media.example ?? exampleOf(document, media.schema ?? {});
  const text = typeof example === "string" ? example : JSON.stringify(example, null, 2);
  return html`<details class="answer">
    <summary>${heading} <span class="type">${contentType}</span></summary>
    ${schemaFields(document, media.schema ?? {})}
    <pre tabindex="0"><code>${text}</code></pre>
  </details>`;
}

function curl(document: OpenApiDocument, { method, path, parameters, body }: Operation): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const parameter = parameters.find((candidate) => candidate.name === name);
    const example = exampleOf(document, parameter?.schema ?? {});
    return typeof example === "string" ? example : `$${name.toUpperCase()}`;
  });
  const lines = [
    `curl${method === "get" ? "" : ` -X ${method.toUpperCase()}`} "$TENON_URL${filled}"`,
    `-H "Authorization: Bearer $TENON_API_KEY"`,
    ...(body === null
      ? []
      : [
          `-H "Content-Type: application/json"`,
          `-d '${JSON.stringify(body.example ?? exampleOf(document, body.schema ?? {}))}'`,
        ]),
  ];
  return lines.join(" \\\n  ");
}
