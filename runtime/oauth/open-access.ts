import type { ConnectionAccess } from "./access.ts";
import type { Courier } from "./courier.ts";
import type { RefreshParts } from "./refresh-parts.ts";

/** What opening a connection takes. */
export type AccessParts = Pick<RefreshParts, "database" | "keyring" | "catalogue" | "log" | "now"> & {
  readonly courier: Courier;
};

/** Opens a connection for use. @throws NotFoundError */
export async function openAccess(
  _parts: AccessParts,
  _request: { readonly organizationId: string; readonly connectionId: string },
): Promise<ConnectionAccess> {
  throw new Error("Access is being written.");
}
