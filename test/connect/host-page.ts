import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A page of somebody else's app, on another site than ours, that opens or frames the connect page. */
export interface HostPage {
  readonly origin: string;
  /** The page that opens `url` in a popup by its button, or has it in a frame. It keeps what it is told in `messages`. */
  page(how: "popup" | "frame", url: string): string;
  close(): Promise<void>;
}

export async function startHostPage(): Promise<HostPage> {
  const server = createServer((request, response) => {
    const asked = new URL(request.url ?? "/", "http://localhost");
    const url = JSON.stringify(asked.searchParams.get("url") ?? "");
    const show =
      asked.pathname === "/frame"
        ? `const frame = document.createElement("iframe"); frame.src = ${url}; frame.width = "600"; frame.height = "600"; document.body.append(frame);`
        : `document.querySelector("button").onclick = () => window.open(${url}, "connect", "popup,width=600,height=700");`;
    response.writeHead(200, { "content-type": "text/html" }).end(`<!doctype html><title>Host</title>
      <button style="width: 200px; height: 60px">Connect</button>
      <script>
        window.messages = [];
        addEventListener("message", (event) => messages.push({ origin: event.origin, ...event.data }));
        ${show}
      </script>`);
  });
  server.listen(0, "localhost");
  await once(server, "listening");
  const origin = `http://localhost:${String((server.address() as AddressInfo).port)}`;
  return {
    origin,
    page: (how, url) => `${origin}/${how}?url=${encodeURIComponent(url)}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
