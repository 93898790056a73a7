/** The vendor's pages that a definition was written from, all on one day. */
interface Source {
  url: string;
  read: string;
  via: "page" | "copy" | "memory";
}

const READ = "2026-11-22";

/** Pages of which a stored copy was read. */
export function copies(...urls: readonly string[]): Source[] {
  return urls.map((url) => ({ url, read: READ, via: "copy" }));
}

/** Pages that could not be opened where this was written: what is known of them was written down, and wants a check. */
export function remembered(...urls: readonly string[]): Source[] {
  return urls.map((url) => ({ url, read: READ, via: "memory" }));
}
