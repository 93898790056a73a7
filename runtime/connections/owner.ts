/** Whose account a connection is: shared by the organization, a customer's, or that of one user of a customer. */
export type ConnectionOwner =
  | { readonly kind: "organization" }
  | { readonly kind: "customer"; readonly customerId: string }
  | { readonly kind: "user"; readonly customerId: string; readonly user: string };

/** The owner as columns of `connections`. */
export function ownerColumns(owner: ConnectionOwner): {
  readonly customerId: string | null;
  readonly customerUser: string | null;
} {
  return {
    customerId: owner.kind === "organization" ? null : owner.customerId,
    customerUser: owner.kind === "user" ? owner.user : null,
  };
}

/** The owner from the columns of `connections`. */
export function ownerOf(columns: {
  readonly owner: ConnectionOwner["kind"];
  readonly customerId: string | null;
  readonly customerUser: string | null;
}): ConnectionOwner {
  const { owner, customerId, customerUser } = columns;
  if (owner === "organization" || customerId === null) {
    return { kind: "organization" };
  }
  return owner === "user" && customerUser !== null
    ? { kind: "user", customerId, user: customerUser }
    : { kind: "customer", customerId };
}
