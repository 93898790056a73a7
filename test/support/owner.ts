import postgres from "postgres";

/**
 * A connection as the owner of a database, by another client than the product's. postgres.js knows no `host`
 * parameter: a socket is named by its path.
 */
export function connectOwner(address: string): postgres.Sql {
  const url = new URL(address);
  const folder = url.searchParams.get("host");
  url.search = "";
  const socket = folder === null ? {} : { path: `${folder}/.s.PGSQL.${url.port}` };
  return postgres(url.href, { max: 1, onnotice: () => undefined, ...socket });
}
