import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import path from "node:path";
import { Redis } from "ioredis";
import { connectOwner } from "./owner.ts";

const CHUNK_BYTES = 4 * 1024 * 1024;

/** A secret in every form in which it could have been left somewhere: what leak tests look for. */
export function needles(secret: string): ReadonlyMap<string, Buffer> {
  const bytes = Buffer.from(secret);
  const forms = new Map<string, Buffer>([
    ["raw", bytes],
    ["utf-16", Buffer.from(secret, "utf16le")],
    ["hex", Buffer.from(bytes.toString("hex"))],
    ["HEX", Buffer.from(bytes.toString("hex").toUpperCase())],
    ["url", Buffer.from(encodeURIComponent(secret))],
  ]);
  for (const shift of [0, 1, 2]) {
    // In base64 a text looks different at each of three alignments; the outer characters depend on its neighbours.
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replace(/=+$/, "")
      .slice(shift === 0 ? 0 : shift + 1, -2);
    forms.set(`base64+${String(shift)}`, Buffer.from(text));
    forms.set(`base64url+${String(shift)}`, Buffer.from(text.replaceAll("+", "-").replaceAll("/", "_")));
  }
  return forms;
}

/** The names of the forms that occur in `haystack`. */
export function findIn(haystack: Buffer, forms: ReadonlyMap<string, Buffer>): string[] {
  return [...forms].filter(([, form]) => haystack.includes(form)).map(([name]) => name);
}

/**
 * Searches all readable memory of a process (proc(5): maps, pagemap, mem): pages that were never touched hold
 * nothing. Needs the right to trace it: root, or an ancestor of the same user.
 */
export function findInMemory(
  pid: number,
  forms: ReadonlyMap<string, Buffer>,
): { readonly found: string[]; readonly scannedBytes: number } {
  const longest = Math.max(...[...forms.values()].map((form) => form.length));
  const found = new Set<string>();
  let scannedBytes = 0;
  const memory = openSync(`/proc/${String(pid)}/mem`, "r");
  try {
    for (const { start, end } of readableRegions(pid).flatMap((region) => touched(pid, region))) {
      const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, end - start));
      for (let at = start; at < end; at += chunk.length - longest) {
        const read = readRegion(memory, chunk, at, Math.min(chunk.length, end - at));
        scannedBytes += read;
        findIn(chunk.subarray(0, read), forms).forEach((name) => found.add(name));
        if (read < chunk.length) {
          break;
        }
      }
    }
  } finally {
    closeSync(memory);
  }
  return { found: [...found], scannedBytes };
}

interface Region {
  readonly start: number;
  readonly end: number;
}

function readableRegions(pid: number): Region[] {
  return (
    readFileSync(`/proc/${String(pid)}/maps`, "utf8")
      .split("\n")
      .filter((line) => /^\S+ r/.test(line) && !/\[(vvar|vsyscall|vvar_vclock)\]/.test(line))
      // A file that is mapped to be read only says what it says on disk: Node's own code.
      .filter((line) => !/^\S+ r-\S+ \S+ \S+ [1-9]/.test(line))
      .map((line) => {
        const [start = "0", end = "0"] = (line.split(" ")[0] ?? "").split("-");
        return { start: Number.parseInt(start, 16), end: Number.parseInt(end, 16) };
      })
  );
}

const PAGE_BYTES = 4_096;
/** In the highest byte of a page's entry: it is present, or swapped. */
const HELD = 0xc0;

/** The stretches of a region that hold anything. */
function touched(pid: number, { start, end }: Region): Region[] {
  const pagemap = openSync(`/proc/${String(pid)}/pagemap`, "r");
  const entries = Buffer.alloc(((end - start) / PAGE_BYTES) * 8);
  try {
    readRegion(pagemap, entries, (start / PAGE_BYTES) * 8, entries.length);
  } finally {
    closeSync(pagemap);
  }
  const stretches: Region[] = [];
  for (let at = start; at < end; at += PAGE_BYTES) {
    if (((entries[((at - start) / PAGE_BYTES) * 8 + 7] ?? 0) & HELD) === 0) {
      continue;
    }
    const last = stretches.at(-1);
    if (last?.end === at) {
      stretches[stretches.length - 1] = { start: last.start, end: at + PAGE_BYTES };
    } else {
      stretches.push({ start: at, end: at + PAGE_BYTES });
    }
  }
  return stretches;
}

function readRegion(memory: number, into: Buffer, at: number, length: number): number {
  try {
    return readSync(memory, into, 0, length, at);
  } catch {
    // A region that went away, or that cannot be read: guard pages.
    return 0;
  }
}

/** Searches every file below a folder; the paths of those that hold one of the forms. */
export function findInFiles(
  folder: string,
  forms: ReadonlyMap<string, Buffer>,
): { readonly found: string[]; readonly files: number } {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
  const found = files.filter((file) => findIn(readFileSync(file), forms).length > 0);
  return { found, files: files.length };
}

/** Searches every row of every table of a database, the queue's included, as the owner sees it. */
export async function findInDatabase(
  url: string,
  forms: ReadonlyMap<string, Buffer>,
): Promise<{ readonly found: string[]; readonly rows: number }> {
  const sql = connectOwner(url);
  try {
    const tables = await sql<{ schema: string; name: string }[]>`
      select schemaname as schema, tablename as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`;
    let rows = 0;
    const found: string[] = [];
    for (const { schema, name } of tables) {
      // Row-level security is forced: as a superuser the owner still sees every row.
      const texts = await sql<{ row: string }[]>`select t::text as row from ${sql(schema)}.${sql(name)} t`;
      rows += texts.length;
      if (
        texts.some(
          ({ row }) => findIn(Buffer.from(row), forms).length > 0 || findIn(byteaOf(row), forms).length > 0,
        )
      ) {
        found.push(`${schema}.${name}`);
      }
    }
    return { found, rows };
  } finally {
    await sql.end();
  }
}

/** The bytes of all `\x…` values in a row's text form. */
function byteaOf(row: string): Buffer {
  return Buffer.concat([...row.matchAll(/\\+x([0-9a-f]+)/g)].map(([, hex]) => Buffer.from(hex ?? "", "hex")));
}

/** Searches every key of every type in a Redis server: its name, and its value as `DUMP` serializes it. */
export async function findInRedis(
  url: string,
  forms: ReadonlyMap<string, Buffer>,
): Promise<{ readonly found: string[]; readonly keys: number }> {
  const redis = new Redis(url);
  try {
    // Compressed, a text of more than twenty bytes need not be there as it was written.
    await redis.config("SET", "rdbcompression", "no");
    const found: string[] = [];
    let keys = 0;
    for (const [, number = "0"] of (await redis.info("keyspace")).matchAll(/^db(\d+):/gm)) {
      await redis.select(number);
      for (const key of await allKeys(redis)) {
        // Null, whatever ioredis says: a key may have ended since it was listed.
        const value = (await redis.dumpBuffer(key)) as Buffer | null;
        keys += 1;
        if (findIn(key, forms).length > 0 || (value !== null && findIn(value, forms).length > 0)) {
          found.push(key.toString());
        }
      }
    }
    return { found, keys };
  } finally {
    redis.disconnect();
  }
}

async function allKeys(redis: Redis): Promise<Buffer[]> {
  const keys = new Map<string, Buffer>();
  let cursor = "0";
  do {
    const [next, some] = await redis.scanBuffer(cursor, "COUNT", 1_000);
    some.forEach((key) => keys.set(key.toString("hex"), key));
    cursor = next.toString();
  } while (cursor !== "0");
  return [...keys.values()];
}
