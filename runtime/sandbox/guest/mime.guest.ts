/** A MIME type (MIME Sniffing, section 4): its essence in lower case, and its parameters in their order. */
export interface MimeType {
  readonly essence: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const QUOTABLE = /^[\t -~\x80-\xff]*$/;
const trimmed = (text: string): string => text.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");

/** Parses a MIME type; null when it is none. */
export function parseMime(text: string): MimeType | null {
  const given = trimmed(text);
  const [, type = "", subtype = ""] = /^([^/]*)\/([^;]*)/.exec(given) ?? [];
  const kind = subtype.replace(/[\t\n\r ]+$/, "");
  if (!TOKEN.test(type) || !TOKEN.test(kind)) {
    return null;
  }
  const parameters = new Map<string, string>();
  let at = type.length + 1 + subtype.length;
  while (at < given.length) {
    const parameter = parseParameter(given, at + 1);
    at = parameter.end;
    const { name, value } = parameter;
    if (TOKEN.test(name) && value !== null && QUOTABLE.test(value) && !parameters.has(name)) {
      parameters.set(name, value);
    }
  }
  return { essence: `${type}/${kind}`.toLowerCase(), parameters };
}

interface Parameter {
  readonly name: string;
  readonly value: string | null;
  /** Where the next `;` is, or the text's end. */
  readonly end: number;
}

function parseParameter(text: string, start: number): Parameter {
  const nameEnd = endOf(text, start, /[;=]/g);
  const name = text
    .slice(start, nameEnd)
    .replace(/^[\t\n\r ]+/, "")
    .toLowerCase();
  if (text[nameEnd] !== "=") {
    return { name, value: null, end: nameEnd };
  }
  if (text[nameEnd + 1] === '"') {
    const { value, end } = parseQuoted(text, nameEnd + 2);
    return { name, value, end: endOf(text, end, /;/g) };
  }
  const end = endOf(text, nameEnd + 1, /;/g);
  const value = text.slice(nameEnd + 1, end).replace(/[\t\n\r ]+$/, "");
  return { name, value: value === "" ? null : value, end };
}

/** A quoted string (Fetch, section 2.2) from behind its first quote. */
export function parseQuoted(text: string, start: number): { readonly value: string; readonly end: number } {
  let value = "";
  for (let at = start; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (character === '"') {
      return { value, end: at + 1 };
    }
    if (character === "\\") {
      at += 1;
      value += text[at] ?? "\\";
    } else {
      value += character;
    }
  }
  return { value, end: text.length };
}

function endOf(text: string, start: number, pattern: RegExp): number {
  pattern.lastIndex = start;
  return pattern.exec(text)?.index ?? text.length;
}

/** A MIME type as text (MIME Sniffing, section 4.5). */
export function writeMime({ essence, parameters }: MimeType): string {
  const written = [...parameters].map(
    ([name, value]) => `;${name}=${TOKEN.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`}`,
  );
  return essence + written.join("");
}

/** The type of a body from its `content-type` header, several of which count as Fetch, section 2.2.2 says. */
export function mimeOfHeader(header: string | null): MimeType | null {
  let found: MimeType | null = null;
  let charset: string | undefined;
  for (const part of splitList(header ?? "")) {
    const parsed = parseMime(part);
    if (parsed === null || parsed.essence === "*/*") {
      continue;
    }
    if (parsed.essence !== found?.essence) {
      charset = parsed.parameters.get("charset");
      found = parsed;
    } else if (charset !== undefined && !parsed.parameters.has("charset")) {
      found = { ...parsed, parameters: new Map([...parsed.parameters, ["charset", charset]]) };
    } else {
      found = parsed;
    }
  }
  return found;
}

/** Parts between commas that are not inside quotes. */
function splitList(value: string): string[] {
  return value.match(/(?:"(?:\\.|[^"\\])*"?|[^",])+/g) ?? [];
}
