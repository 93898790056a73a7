import { html } from "hono/html";
import { needsConsent } from "#runtime/connections/method.ts";
import type { OfferedConnection } from "#runtime/connections/connect-offer.ts";
import { isSafePage } from "#runtime/connections/return-url.ts";
import type { FieldIssue } from "#runtime/errors.ts";
import type { AuthMethod } from "#sdk/connector/auth.ts";
import { fieldsOf } from "#sdk/connector/parse.ts";
import type { Field } from "#sdk/connector/fields.ts";
import type { Connector } from "#sdk/connector/schema.ts";
import type { Html } from "../reference/prose.ts";
import { tile } from "./offer-view.ts";

/** What the form of one connector shows. */
export interface ConnectorForm {
  readonly base: string;
  readonly connector: Connector;
  /** The ways to connect it that work here. */
  readonly methods: readonly AuthMethod[];
  readonly method: AuthMethod;
  /** The connection that is made new. */
  readonly present: OfferedConnection | null;
  /** What was typed before, without the secrets. */
  readonly typed?: Readonly<Record<string, string>>;
  readonly issues?: readonly FieldIssue[];
  readonly problem?: string;
}

/** One connector: its methods, and the fields of the chosen one. */
export function connectorView(form: ConnectorForm): Html {
  const { connector, method, present, problem } = form;
  const consent = needsConsent(method);
  const verb = present === null ? "Connect" : "Reconnect";
  return html`<div class="heading">
      ${tile(connector)}
      <h1>${verb} ${connector.name}</h1>
    </div>
    ${present === null ? "" : html`<p class="dim">${present.accountName ?? present.name}: sign in with the same account.</p>`}
    ${problem === undefined ? "" : html`<p class="notice bad" role="alert">${problem}</p>`} ${choices(form)}
    ${method.description === undefined ? "" : html`<p>${method.description}</p>`} ${help(method)}
    <form
      method="post"
      action="${form.base}/${consent ? "authorize" : "connections"}"
      ${consent ? html`data-authorize` : html`data-paste`}
      autocomplete="off"
    >
      <input type="hidden" name="connector" value="${connector.slug}" />
      <input type="hidden" name="method" value="${method.id}" />
      ${present === null ? "" : html`<input type="hidden" name="connection" value="${present.id}" />`}
      ${Object.entries(fieldsOf(connector, method)).map(([name, field]) => input(form, name, field))}
      <div class="actions">
        <button class="primary">${consent ? `Continue to ${connector.name}` : verb}</button>
        <button type="button" data-view="list">Cancel</button>
      </div>
      ${
        consent
          ? html`<p class="dim small">
              ${connector.name} asks you to sign in and to allow access. Your password stays there.
            </p>`
          : ""
      }
    </form>`;
}

function choices({ connector, methods, method, present }: ConnectorForm): Html | string {
  if (methods.length < 2) {
    return "";
  }
  const connection = present === null ? "" : `&connection=${present.id}`;
  return html`<div class="methods" role="group" aria-label="How to connect">
    ${methods.map(
      ({ id, label }) =>
        html`<button
          type="button"
          data-view="connector=${connector.slug}&method=${id}${connection}"
          aria-current="${String(id === method.id)}"
        >
          ${label}
        </button>`,
    )}
  </div>`;
}

/** A link only where it leads to a web page; anything else an author wrote there is text. */
function help({ help: text }: AuthMethod): Html | string {
  if (text === undefined) {
    return "";
  }
  return isSafePage(text)
    ? html`<p class="dim">
        <a href="${text}" target="_blank" rel="noopener noreferrer">Where do I find this?</a>
      </p>`
    : html`<p class="dim">${text}</p>`;
}

function input(form: ConnectorForm, name: string, field: Field): Html {
  const id = `field-${name}`;
  const fault = form.issues?.find(({ path }) => path === `fields.${name}`)?.message;
  const described = [
    ...(field.description === undefined ? [] : [`${id}-hint`]),
    ...(fault === undefined ? [] : [`${id}-fault`]),
  ].join(" ");
  return html`<label for="${id}"
      >${field.label}${field.required ? "" : html` <span class="dim">(optional)</span>`}</label
    >
    ${field.options === undefined ? control(form, { id, name, field, described, fault }) : choice(form, { id, name, field, described })}
    ${field.description === undefined ? "" : html`<p class="hint" id="${id}-hint">${field.description}</p>`}
    ${fault === undefined ? "" : html`<p class="fault" id="${id}-fault">${field.label} ${fault}.</p>`}`;
}

interface Control {
  readonly id: string;
  readonly name: string;
  readonly field: Field;
  readonly described: string;
  readonly fault?: string | undefined;
}

function control(form: ConnectorForm, { id, name, field, described, fault }: Control): Html {
  // A renewal may leave plain fields as they are; secrets are never shown, and always asked for.
  const value = field.secret ? "" : (form.typed?.[name] ?? form.present?.fields[name] ?? field.default ?? "");
  if (field.secret && form.method.type === "custom") {
    // Keys for code may have many lines, which an input would take away.
    return html`<textarea
      id="${id}"
      name="f.${name}"
      rows="4"
      aria-describedby="${described}"
      aria-invalid="${String(fault !== undefined)}"
      autocomplete="off"
      spellcheck="false"
      maxlength="65536"
      ${field.required ? html`required` : ""}
    ></textarea>`;
  }
  return html`<input
    id="${id}"
    name="f.${name}"
    type="${field.secret ? "password" : "text"}"
    value="${value}"
    placeholder="${field.placeholder ?? ""}"
    aria-describedby="${described}"
    aria-invalid="${String(fault !== undefined)}"
    autocomplete="off"
    autocapitalize="off"
    spellcheck="false"
    maxlength="65536"
    ${field.required ? html`required` : ""}
  />`;
}

function choice(form: ConnectorForm, { id, name, field, described }: Control): Html {
  const chosen = form.typed?.[name] ?? form.present?.fields[name] ?? field.default;
  return html`<select
    id="${id}"
    name="f.${name}"
    aria-describedby="${described}"
    ${field.required ? html`required` : ""}
  >
    ${field.required && chosen !== undefined ? "" : html`<option value="">…</option>`}
    ${field.options?.map(
      ({ value, label }) =>
        html`<option value="${value}" ${value === chosen ? html`selected` : ""}>${label}</option>`,
    )}
  </select>`;
}
