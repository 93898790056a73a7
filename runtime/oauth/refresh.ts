import type { RefreshParts, RefreshRequest, RefreshResult } from "./refresh-parts.ts";

/** Renews a connection's credential: at most one token call at a time, whoever asks and however often. */
export async function refreshConnection(
  _parts: RefreshParts,
  _request: RefreshRequest,
): Promise<RefreshResult> {
  throw new Error("The engine is being written.");
}
