import { createHash } from "node:crypto";
import type { FieldDef, QueryArrayResult, QueryConfig } from "pg";
import template, { raw } from "sql-template-tag";
import type { Sql } from "sql-template-tag";

/** What runs a statement: a client inside a transaction, or a pool. */
interface Runner {
  query(config: QueryConfig & { rowMode: "array" }): Promise<QueryArrayResult<unknown[]>>;
}

type Row = Readonly<Record<string, unknown>>;

/**
 * Writes statements as tagged templates: every value becomes a parameter, every nested statement a part of the
 * text. A statement is sent when it is awaited; statements that are awaited together travel together
 * (the connections pipeline). Columns arrive in camelCase; keys inside JSON values stay as they are.
 *
 * `sql("name")` is an identifier, quoted; `sql.json(value)` a JSON parameter.
 */
export interface SqlTag {
  <Rows extends readonly object[] = Row[]>(
    text: TemplateStringsArray,
    ...values: readonly unknown[]
  ): Statement<Rows>;
  (identifier: string): Sql;
  json(value: unknown): string;
}

/** One statement, sent when it is awaited, or part of another one. */
export interface Statement<Rows> extends PromiseLike<Rows> {
  catch<Other>(onRejected: (error: unknown) => Other): Promise<Rows | Other>;
}

class PendingStatement<Rows> implements Statement<Rows> {
  readonly sql: Sql;
  readonly #runner: Runner;
  #sent: Promise<Rows> | null = null;

  constructor(sql: Sql, runner: Runner) {
    this.sql = sql;
    this.#runner = runner;
  }

  // A statement is a part or a question, depending on whether anybody waits for it: that is what `then` tells.
  // oxlint-disable-next-line unicorn/no-thenable
  then<Done = Rows, Failed = never>(
    onDone?: ((rows: Rows) => Done | PromiseLike<Done>) | null,
    onFailed?: ((error: unknown) => Failed | PromiseLike<Failed>) | null,
  ): Promise<Done | Failed> {
    this.#sent ??= send<Rows>(this.#runner, this.sql);
    return this.#sent.then(onDone, onFailed);
  }

  async catch<Other>(onRejected: (error: unknown) => Other): Promise<Rows | Other> {
    return this.then((rows) => rows, onRejected);
  }
}

/** Makes the tag of one connection or pool. */
export function sqlTag(runner: Runner): SqlTag {
  function tag<Rows extends readonly object[]>(
    text: TemplateStringsArray,
    ...values: readonly unknown[]
  ): Statement<Rows>;
  function tag(identifier: string): Sql;
  function tag(text: TemplateStringsArray | string, ...values: readonly unknown[]): unknown {
    return typeof text === "string"
      ? raw(`"${text.replaceAll('"', '""')}"`)
      : new PendingStatement(
          template(text, ...values.map((value) => (value instanceof PendingStatement ? value.sql : value))),
          runner,
        );
  }
  return Object.assign(tag, { json: storableJson });
}

/**
 * JSON text that PostgreSQL can store: NUL and half characters, which guest code may put anywhere, become U+FFFD.
 * Otherwise what cannot be written would be tried again and again.
 */
function storableJson(value: unknown): string {
  const text = JSON.stringify(value);
  // `JSON.stringify` escapes surrogates only where they are alone. Other escapes are taken whole, `\\\\` above all.
  return text.replaceAll(/\\(?:(u0000|ud[89a-f]..)|.)/g, (escape, bad?: string) =>
    bad === undefined ? escape : "\ufffd",
  );
}

async function send<Rows>(runner: Runner, { text, values }: Sql): Promise<Rows> {
  // Named statements are parsed and planned once per connection.
  const { rows, fields } = await runner.query({
    name: nameOf(text),
    text,
    values: [...values],
    rowMode: "array",
  });
  const names = fields.map(camelCase);
  return rows.map((row) =>
    Object.fromEntries(row.map((value, index) => [names[index] ?? "", value])),
  ) as Rows;
}

/** Names of statements by their text. The texts are the program's own, with few variants each: a small cache. */
const statementNames = new Map<string, string>();

function nameOf(text: string): string {
  const known = statementNames.get(text);
  if (known !== undefined) {
    return known;
  }
  const name = createHash("sha1").update(text).digest("base64url");
  statementNames.set(text, name);
  return name;
}

function camelCase({ name }: FieldDef): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
