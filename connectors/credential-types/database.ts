import type { CredentialTypeInput } from "#sdk/connector/credential-type.ts";

/** Databases and what keeps data. */
export const databaseTypes: readonly CredentialTypeInput[] = [
  {
    slug: "postgres-url",
    name: "PostgreSQL",
    category: "database",
    description: "PostgreSQL by its URL, with user name and password in it.",
    keywords: ["sql", "postgres"],
    docs: "https://www.postgresql.org/docs/current/libpq-connect.html",
    fields: {
      url: {
        label: "URL",
        type: "password",
        placeholder: "postgres://user:password@host:5432/database",
        pattern: "postgres(ql)?://.+",
        patternHint: "must look like postgres://user:password@host:5432/database",
      },
    },
  },
  {
    slug: "mysql-url",
    name: "MySQL",
    category: "database",
    description: "MySQL by its URL, with user name and password in it.",
    keywords: ["sql", "mariadb"],
    docs: "https://dev.mysql.com/doc/refman/8.4/en/connecting-using-uri-or-key-value-pairs.html",
    fields: {
      url: {
        label: "URL",
        type: "password",
        placeholder: "mysql://user:password@host:3306/database",
        pattern: "mysql://.+",
        patternHint: "must look like mysql://user:password@host:3306/database",
      },
    },
  },
  {
    slug: "mongodb-url",
    name: "MongoDB",
    category: "database",
    description: "MongoDB by its URL, with user name and password in it.",
    keywords: ["nosql", "atlas"],
    docs: "https://www.mongodb.com/docs/manual/reference/connection-string/",
    fields: {
      url: {
        label: "URL",
        type: "password",
        placeholder: "mongodb+srv://user:password@host/database",
        pattern: "mongodb(\\+srv)?://.+",
        patternHint: "must look like mongodb+srv://user:password@host/database",
      },
    },
  },
  {
    slug: "redis-url",
    name: "Redis",
    category: "database",
    description: "Redis by its URL, with user name and password in it.",
    keywords: ["cache", "valkey"],
    docs: "https://redis.io/docs/latest/develop/clients/nodejs/connect/",
    fields: {
      url: {
        label: "URL",
        type: "password",
        placeholder: "rediss://user:password@host:6379/0",
        pattern: "rediss?://.+",
        patternHint: "must look like rediss://user:password@host:6379/0",
      },
    },
  },
  {
    slug: "sql-server",
    name: "SQL Server",
    category: "database",
    description: "Microsoft SQL Server or Azure SQL.",
    keywords: ["mssql", "microsoft", "azure"],
    docs: "https://learn.microsoft.com/en-us/sql/connect/ado-net/connection-string-syntax",
    fields: {
      server: { label: "Server" },
      port: { label: "Port", type: "number", default: "1433" },
      database: { label: "Database" },
      username: { label: "User name" },
      password: { label: "Password", type: "password" },
      encrypt: { label: "Encrypt", type: "boolean", default: "true" },
    },
  },
  {
    slug: "snowflake",
    name: "Snowflake key pair",
    category: "database",
    description: "A user who signs in with a private key.",
    keywords: ["warehouse", "sql"],
    docs: "https://docs.snowflake.com/en/user-guide/key-pair-auth",
    fields: {
      account: { label: "Account identifier", placeholder: "myorg-account1" },
      username: { label: "User name" },
      privateKey: { label: "Private key", type: "password", placeholder: "-----BEGIN PRIVATE KEY-----" },
      passphrase: { label: "Passphrase", type: "password", required: false },
      warehouse: { label: "Warehouse", required: false },
    },
  },
];
