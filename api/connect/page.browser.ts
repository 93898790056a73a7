/** The script of the connect page. It is served as it stands here, without its types: it imports nothing. */

interface Outcome {
  readonly attempt: string | null;
  readonly result: {
    readonly ok: boolean;
    readonly connection?: { readonly id: string; readonly name: string };
    readonly code?: string;
    readonly message?: string;
  } | null;
  readonly connector: string | null;
  /** Where the person goes now, when the session has such a place. */
  readonly redirect: string | null;
}

const { base = "", session = "", origins = "[]", single = "false", close } = document.documentElement.dataset;
const STORED = `tenon-connect:${session}`;
const WINDOW = "tenon-connect-window";
const POLL_MS = 1_500;
const framed = window.parent !== window;
let page: string | null = null;

/** Tells whoever opened or framed us, and nobody else: each message is for one allowed origin. */
function tell(type: "ready" | "connected" | "failed" | "closed", more: object = {}): void {
  const other: unknown = framed ? window.parent : window.opener;
  if (other !== null && typeof other === "object") {
    for (const origin of JSON.parse(origins) as string[]) {
      (other as Window).postMessage({ source: "tenon-connect", type, session, ...more }, origin);
    }
  }
}

function element(id: string): HTMLElement | null {
  return document.getElementById(id);
}

function notice(text: string, kind: "good" | "bad"): void {
  const shown = element("notice");
  if (shown !== null) {
    shown.textContent = text;
    shown.className = `notice ${kind}`;
    shown.focus();
  }
}

function stored(): string | null {
  try {
    return sessionStorage.getItem(STORED);
  } catch {
    return null;
  }
}

function store(credential: string): void {
  page = credential;
  try {
    sessionStorage.setItem(STORED, credential);
  } catch {
    // Without storage the page works until it is left.
  }
}

/** The token leaves the address before anything else happens, so that no history and no screenshot keeps it. */
function takeToken(): string {
  const text = location.hash.slice(1);
  history.replaceState(null, "", location.pathname + location.search);
  return text;
}

async function ask(path: string, body?: object): Promise<Response> {
  return fetch(base + path, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      ...(page === null ? {} : { authorization: `Bearer ${page}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    cache: "no-store",
    credentials: "omit",
    referrerPolicy: "same-origin",
  });
}

async function problemOf(response: Response): Promise<string> {
  try {
    return ((await response.json()) as { detail: string }).detail;
  } catch {
    return "That did not work; try again.";
  }
}

/** Puts HTML of our own server in place; it escaped everything that others wrote. */
function put(html: string): void {
  const view = element("view");
  if (view !== null) {
    view.innerHTML = html;
    view.removeAttribute("aria-busy");
    (
      view.querySelector<HTMLElement>("[aria-invalid=true]") ??
      view.querySelector<HTMLElement>("input:not([type=hidden])")
    )?.focus();
  }
}

async function show(view: string): Promise<void> {
  const response = await ask(`/view?${view}`);
  if (response.ok) {
    put(await response.text());
  } else {
    notice(await problemOf(response), "bad");
    if (response.status === 401) {
      put("");
    }
  }
}

async function outcome(): Promise<Outcome | null> {
  const response = await ask("/outcome");
  return response.ok ? ((await response.json()) as Outcome) : null;
}

async function announce({ result, connector, redirect }: Outcome): Promise<void> {
  if (result === null) {
    return;
  }
  if (result.ok) {
    tell("connected", { connection: { ...result.connection, connector } });
    if (redirect !== null && single === "true" && !framed && window.opener === null) {
      location.assign(redirect);
      return;
    }
    await show("view=list");
    notice(`${result.connection?.name ?? "It"} is connected.`, "good");
  } else {
    tell("failed", { code: result.code, connector });
    await show("view=list");
    notice(result.message ?? "It was not connected.", "bad");
  }
}

async function paste(form: HTMLFormElement): Promise<void> {
  const data = [...new FormData(form)].flatMap(([name, value]): [string, string][] =>
    typeof value === "string" ? [[name, value]] : [],
  );
  const fields = data.flatMap(([name, value]) => (name.startsWith("f.") ? [[name.slice(2), value]] : []));
  const chosen = data.filter(([name]) => !name.startsWith("f."));
  const button = form.querySelector<HTMLButtonElement>("button.primary");
  button?.setAttribute("disabled", "");
  const response = await ask("/connections", {
    ...Object.fromEntries(chosen),
    fields: Object.fromEntries(fields) as Record<string, string>,
  });
  button?.removeAttribute("disabled");
  if (response.ok) {
    await announce((await response.json()) as Outcome);
  } else if (response.headers.get("content-type")?.startsWith("text/html") === true) {
    put(await response.text());
  } else {
    notice(await problemOf(response), "bad");
  }
}

/** Providers refuse to be framed: from a frame they get a window of their own, and we ask how it went. */
function authorize(form: HTMLFormElement): void {
  const hidden = (name: string, value: string): void => {
    const input =
      form.querySelector<HTMLInputElement>(`input[name="${name}"]`) ?? document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    form.append(input);
  };
  hidden("page", page ?? "");
  hidden("display", framed ? "window" : "same");
  if (framed) {
    window.open("about:blank", WINDOW, "popup,width=620,height=760");
    form.target = WINDOW;
    follow();
  }
}

/** The attempt that we know the end of; any other one is new. */
let seen: string | null = null;
let following: ReturnType<typeof setInterval> | undefined;

function follow(): void {
  unfollow();
  notice("Go on in the window that was opened.", "good");
  following = setInterval(() => void look(), POLL_MS);
}

function unfollow(): void {
  clearInterval(following);
  following = undefined;
}

async function look(): Promise<void> {
  const now = await outcome();
  if (now === null) {
    unfollow();
  } else if (following !== undefined && now.attempt !== seen && now.result !== null) {
    unfollow();
    seen = now.attempt;
    await announce(now);
  }
}

function search(text: string): void {
  const wanted = text.trim().toLowerCase();
  const entries = [...document.querySelectorAll<HTMLElement>("[data-name]")];
  for (const entry of entries) {
    entry.hidden = !(entry.dataset["name"] ?? "").includes(wanted);
  }
  const none = element("none");
  if (none !== null) {
    none.hidden = entries.some((entry) => !entry.hidden);
  }
}

function listen(): void {
  document.addEventListener("click", (event) => {
    const target =
      event.target instanceof Element
        ? event.target.closest<HTMLElement>("[data-view], #done, #return")
        : null;
    const view = target?.dataset["view"];
    if (view !== undefined) {
      notice("", "good");
      unfollow();
      void show(view);
    } else if (target !== null) {
      tell("closed");
      if (target.id === "done") {
        window.close();
      }
    }
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.dataset["paste"] !== undefined) {
      event.preventDefault();
      void paste(form);
    } else {
      authorize(form);
    }
  });
  document.addEventListener("input", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.id === "search") {
      search(event.target.value);
    }
  });
}

/** A token is tried first: that of a link opens it again, that of a session may have opened this very page before. */
async function enter(token: string): Promise<string | null> {
  page = stored();
  if (!token.startsWith("tncs_")) {
    return page === null
      ? "This page was opened before, or its link is not complete. Go back to where you came from."
      : null;
  }
  const response = await ask("/open", { token });
  if (response.ok) {
    store(((await response.json()) as { page: string }).page);
    return null;
  }
  return page === null ? problemOf(response) : null;
}

async function start(): Promise<void> {
  const token = takeToken();
  const refused = await enter(token);
  if (refused !== null) {
    put("");
    notice(refused, "bad");
    return;
  }
  element("done")?.toggleAttribute("hidden", !framed && window.opener === null);
  listen();
  tell("ready");
  const last = await outcome();
  seen = last?.attempt ?? null;
  await (token === "return" && last?.result != null ? announce(last) : show("view=start"));
}

if (close === undefined) {
  void start();
} else {
  window.close();
}
