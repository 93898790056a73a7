import { html } from "hono/html";
import type { OfferedConnection, OfferedConnector } from "#runtime/connections/connect-offer.ts";
import type { ConnectSession } from "#runtime/connections/connect-session.ts";
import type { Connector } from "#sdk/connector/schema.ts";
import type { Html } from "../reference/prose.ts";

/** From this many connectors on, the list can be searched. */
const SEARCHED = 7;
const TILES = 6;

/** What can be connected, and what is. */
export function offerView(session: ConnectSession, offer: readonly OfferedConnector[]): Html {
  return html`<h1>Connect your accounts to ${session.organizationName}</h1>
    <p class="dim">For <strong>${session.customerName}</strong>${forUser(session)}.</p>
    ${
      offer.length < SEARCHED
        ? ""
        : html`<label for="search">Search</label>
            <input id="search" type="search" autocomplete="off" placeholder="Name of an app" />
            <p id="none" class="dim" role="status" hidden>Nothing of that name can be connected here.</p>`
    }
    ${offer.length === 0 ? html`<p class="notice warn">There is nothing to connect here.</p>` : ""}
    <ul>
      ${offer.map((one) => entry(session, one))}
    </ul>`;
}

function forUser({ customerUser }: ConnectSession): Html | string {
  return customerUser === null ? "" : html`, user <strong>${customerUser}</strong>`;
}

function entry(session: ConnectSession, offered: OfferedConnector): Html {
  const { connector, methods, connections } = offered;
  return html`<li class="connector" data-name="${`${connector.name} ${connector.slug}`.toLowerCase()}">
    ${tile(connector)}
    <div>
      <h2>${connector.name}</h2>
      ${connector.description === "" ? "" : html`<p class="dim">${cut(connector.description)}</p>`}
    </div>
    ${choose(session, offered)}
    ${
      connections.length === 0
        ? ""
        : html`<ul class="connections">
            ${connections.map((connection) => connected(connector, connection, methods.length > 0))}
          </ul>`
    }
  </li>`;
}

function choose(
  { connectionId }: ConnectSession,
  { connector, methods, connections }: OfferedConnector,
): Html {
  if (methods.length === 0) {
    return html`<span class="badge warn">Not available yet</span>`;
  }
  if (connectionId !== null) {
    return html`<span></span>`;
  }
  const label = connections.length === 0 ? "Connect" : "Connect another";
  return html`<button
    type="button"
    class="choose${connections.length === 0 ? " primary" : ""}"
    data-view="connector=${connector.slug}"
    aria-label="${label}: ${connector.name}"
  >
    ${label}
  </button>`;
}

function connected(connector: Connector, connection: OfferedConnection, renewable: boolean): Html {
  const { id, name, accountName } = connection;
  return html`<li class="connection">
    <span>${accountName ?? name}</span> ${badge(connection.status)}
    ${
      renewable
        ? html`<button
            type="button"
            class="link"
            data-view="connector=${connector.slug}&amp;connection=${id}"
            aria-label="Reconnect ${connector.name}: ${accountName ?? name}"
          >
            Reconnect
          </button>`
        : ""
    }
  </li>`;
}

function badge(status: string): Html {
  const [kind, label] = BADGES[status] ?? ["warn", "Not verified"];
  return html`<span class="badge ${kind}">${label}</span>`;
}

const BADGES: Readonly<Record<string, readonly [string, string]>> = {
  healthy: ["good", "Connected"],
  unverified: ["warn", "Not verified"],
  degraded: ["warn", "Has trouble"],
  provider_down: ["warn", "Provider is down"],
  app_misconfigured: ["bad", "Needs its operator"],
  reauthorize: ["bad", "Needs to be reconnected"],
  disconnected: ["bad", "Disconnected"],
};

/** A letter on a color: a picture of the vendor would have to be loaded from elsewhere. */
export function tile({ name, slug }: Connector): Html {
  const color = Array.from(slug).reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % TILES;
  const [letter = "?"] = Array.from(name.trim());
  return html`<span class="tile tile-${String(color)}" aria-hidden="true">${letter.toUpperCase()}</span>`;
}

function cut(text: string): string {
  const [line = ""] = text.split("\n");
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
