import { readConfig } from "./config.ts";
import { connectDatabase } from "./db/connect.ts";
import { migrate } from "./db/migrate.ts";
import { databaseAccess } from "./embedded/access.ts";
import { createFirstOrganization } from "./embedded/bootstrap.ts";

/** Makes the first organization of an installation on services and shows its API key, once, as one JSON line. */
export async function main(): Promise<void> {
  const config = readConfig();
  const access = databaseAccess(config);
  await migrate(access);
  const database = connectDatabase(access, { poolSize: 1, process: "bootstrap" });
  try {
    const created = await createFirstOrganization(database);
    if (created === null) {
      console.error("tenon: an organization exists already; nothing was made.");
      return;
    }
    console.log(JSON.stringify(created));
  } finally {
    await database.close();
  }
}
