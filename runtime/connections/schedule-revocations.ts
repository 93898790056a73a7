import type { TenantSql } from "#runtime/db/tenant.ts";

/** The action that gave tokens up. */
export type RevocationCause =
  "customer.delete" | "environment.delete" | "connection.delete" | "connection.disconnect";

/**
 * Leaves tokens that are about to be forgotten to the workers, which end them at their provider: what the connections
 * hold, and answers of token calls that nobody has applied. Belongs into the transaction that forgets them, after the
 * connections were locked. The journal stays locked, so that an answer that comes now finds its entry closed.
 *
 * @param answersOf - All the connections.
 * @param credentialsOf - Those whose own tokens are to be ended too.
 */
export async function scheduleRevocations(
  sql: TenantSql,
  forgotten: {
    readonly organizationId: string;
    readonly answersOf: readonly string[];
    readonly credentialsOf: readonly string[];
    readonly cause: RevocationCause;
  },
): Promise<void> {
  const { organizationId, answersOf, credentialsOf, cause } = forgotten;
  await sql`
    with open as (
      select id, connection_id, state, answer_sealed from refresh_journal
      where organization_id = ${organizationId} and connection_id = any(${[...answersOf]}::uuid[])
        and (state in ('intent', 'answered') or outcome in ('unanswered', 'lost'))
      order by id for update)
    insert into revocations (organization_id, connection_id, connector, method, account_id, fields, answer_id,
      answer_sealed, app_id, app_client_id, app_version, app_sealed, cause)
    select c.organization_id, c.id, c.connector, c.method, c.account_id, c.fields, open.id, open.answer_sealed,
      a.id, a.client_id, a.version, a.credential_sealed, ${cause}
    from open
    join connections c on c.organization_id = ${organizationId} and c.id = open.connection_id
    join credentials k on k.organization_id = c.organization_id and k.connection_id = c.id
    left join oauth_apps a on a.organization_id = k.organization_id and a.id = k.oauth_app_id
    where open.state = 'answered' and open.answer_sealed is not null`;
  if (credentialsOf.length > 0) {
    await sql`
      insert into revocations (organization_id, connection_id, connector, method, account_id, fields,
        credential_version, credential_sealed, app_id, app_client_id, app_version, app_sealed, cause)
      select c.organization_id, c.id, c.connector, c.method, c.account_id, c.fields, k.version, k.data_sealed,
        a.id, a.client_id, a.version, a.credential_sealed, ${cause}
      from connections c
      join credentials k on k.organization_id = c.organization_id and k.connection_id = c.id
      left join oauth_apps a on a.organization_id = k.organization_id and a.id = k.oauth_app_id
      where c.organization_id = ${organizationId} and c.id = any(${[...credentialsOf]}::uuid[])`;
  }
}

/**
 * Forgets what waits to be revoked with a connector that is about to be deleted: nothing says any more where to, and
 * who makes another connector of that name must not be sent it. Resolves to how many there were.
 */
export async function forgetRevocations(
  sql: TenantSql,
  { organizationId, connector }: { readonly organizationId: string; readonly connector: string },
): Promise<number> {
  const rows = await sql`
    delete from revocations where organization_id = ${organizationId} and connector = ${connector} returning 1`;
  return rows.length;
}
