/** `util.inspect` and `util.format` for people to read: close to Node's, without colors. */
export interface InspectOptions {
  readonly depth?: number | null;
  readonly compact?: unknown;
  readonly breakLength?: number;
  readonly maxArrayLength?: number | null;
}

const custom = Symbol.for("nodejs.util.inspect.custom");
const LINE = 72;

interface Walk {
  readonly depth: number;
  readonly members: number;
  readonly seen: ReadonlySet<object>;
  readonly options: InspectOptions;
}

/** A value in words. */
export function inspect(value: unknown, options: InspectOptions | boolean = {}): string {
  const given = typeof options === "object" ? options : {};
  const depth = given.depth === null ? Infinity : (given.depth ?? 2);
  const members = given.maxArrayLength === null ? Infinity : (given.maxArrayLength ?? 100);
  return show(value, 0, { depth, members, seen: new Set(), options: given });
}

inspect.custom = custom;
inspect.defaultOptions = {};
inspect.colors = {};
inspect.styles = {};

function show(value: unknown, level: number, walk: Walk): string {
  if (typeof value === "string") {
    return quoted(value);
  }
  if (typeof value === "bigint") {
    return `${String(value)}n`;
  }
  if (Object.is(value, -0)) {
    return "-0";
  }
  if ((typeof value !== "object" && typeof value !== "function") || value === null) {
    return String(value);
  }
  const own: unknown = Reflect.get(value, custom);
  if (typeof own === "function") {
    const said: unknown = Reflect.apply(own, value, [walk.depth - level, walk.options, inspect]);
    return typeof said === "string" ? said : show(said, level, walk);
  }
  if (walk.seen.has(value)) {
    return "[Circular *1]";
  }
  return showObject(value, level, { ...walk, seen: new Set([...walk.seen, value]) });
}

function quoted(text: string): string {
  const quote = text.includes("'") ? (text.includes('"') ? "`" : '"') : "'";
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  return `${quote}${quote === "'" || quote === "`" ? escaped : escaped}${quote}`;
}

function nameOf(value: object): string | null {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null) {
    return null;
  }
  const made: unknown = Reflect.get(prototype as object, "constructor");
  return typeof made === "function" && made.name !== "" ? made.name : "Object";
}

function showObject(value: object, level: number, walk: Walk): string {
  const name = nameOf(value);
  if (value instanceof Error) {
    return `${value.stack ?? `${value.name}: ${value.message}`}${braces(properties(value, level, walk), " ")}`;
  }
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  }
  if (value instanceof RegExp) {
    return String(value);
  }
  if (typeof value === "function") {
    const kind = /^class\b/.test(Function.prototype.toString.call(value)) ? "class" : "Function";
    const label =
      kind === "class"
        ? `[class ${value.name}]`
        : value.name === ""
          ? "[Function (anonymous)]"
          : `[Function: ${value.name}]`;
    return `${label}${braces(properties(value, level, walk), " ")}`;
  }
  if (level > walk.depth) {
    return Array.isArray(value) ? "[Array]" : `[${name ?? "Object: null prototype"}]`;
  }
  return showMembers(value, name, level, walk);
}

function showMembers(value: object, name: string | null, level: number, walk: Walk): string {
  const rest = (): string[] => properties(value, level, walk);
  if (Array.isArray(value)) {
    const label = name === "Array" ? "" : `${name ?? "[Array: null prototype]"}(${String(value.length)}) `;
    return `${label}${brackets(items(value, level, walk))}`;
  }
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    const list = Array.from(value as Uint8Array);
    return `${name ?? ""}(${String(list.length)}) ${brackets(items(list, level, walk))}`;
  }
  if (value instanceof Map) {
    const entries = Array.from(
      value,
      ([key, one]) => `${show(key, level + 1, walk)} => ${show(one, level + 1, walk)}`,
    );
    return `${name ?? "Map"}(${String(value.size)}) ${block("{", [...entries, ...rest()], "}")}`;
  }
  if (value instanceof Set) {
    const entries = Array.from(value, (one) => show(one, level + 1, walk));
    return `${name ?? "Set"}(${String(value.size)}) ${block("{", [...entries, ...rest()], "}")}`;
  }
  if (value instanceof Promise) {
    return "Promise { <pending> }";
  }
  const label = name === "Object" ? "" : name === null ? "[Object: null prototype] " : `${name} `;
  return `${label}${block("{", rest(), "}")}`;
}

function items(list: readonly unknown[], level: number, walk: Walk): string[] {
  const shown = list
    .slice(0, walk.members)
    .map((one, index) => (index in list ? show(one, level + 1, walk) : "<1 empty item>"));
  const more = list.length - shown.length;
  return more > 0 ? [...shown, `... ${String(more)} more item${more === 1 ? "" : "s"}`] : shown;
}

function properties(value: object, level: number, walk: Walk): string[] {
  return Reflect.ownKeys(value)
    .filter((key) => Object.getOwnPropertyDescriptor(value, key)?.enumerable)
    .map((key) => {
      const descriptor = Object.getOwnPropertyDescriptor(value, key);
      const shown =
        descriptor?.get === undefined
          ? descriptor?.set === undefined
            ? show(descriptor?.value, level + 1, walk)
            : "[Setter]"
          : `[Getter${descriptor.set === undefined ? "" : "/Setter"}]`;
      const label =
        typeof key === "symbol" ? String(key) : /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key);
      return `${label}: ${shown}`;
    });
}

const braces = (members: readonly string[], before: string): string =>
  members.length === 0 ? "" : `${before}${block("{", members, "}")}`;
const brackets = (members: readonly string[]): string => block("[", members, "]");

function block(open: string, members: readonly string[], close: string): string {
  if (members.length === 0) {
    return `${open}${close}`;
  }
  const line = members.join(", ");
  return line.length <= LINE && !line.includes("\n")
    ? `${open} ${line} ${close}`
    : `${open}\n${members.map((member) => `  ${member.replaceAll("\n", "\n  ")}`).join(",\n")}\n${close}`;
}

/** `util.format`: %s %d %i %f %j %o %O %c, and the rest after it. */
export function format(...values: readonly unknown[]): string {
  const [first, ...rest] = values;
  if (typeof first !== "string") {
    return values.map((value) => (typeof value === "string" ? value : inspect(value))).join(" ");
  }
  let at = 0;
  const text = first.replace(/%[sdifjoOc%]/g, (found) => {
    if (found === "%%") {
      return "%";
    }
    if (at >= rest.length) {
      return found;
    }
    const value = rest[at];
    at += 1;
    return formatted(found, value);
  });
  const more = rest.slice(at).map((value) => (typeof value === "string" ? value : inspect(value)));
  return [text, ...more].join(" ");
}

function formatted(kind: string, value: unknown): string {
  switch (kind) {
    case "%s":
      return typeof value === "object" && value !== null ? inspect(value, { depth: 0 }) : String(value);
    case "%d":
      return typeof value === "bigint" ? `${String(value)}n` : String(Number(value));
    case "%i":
      return typeof value === "bigint" ? `${String(value)}n` : String(Number.parseInt(String(value), 10));
    case "%f":
      return String(Number.parseFloat(String(value)));
    case "%j":
      return JSON.stringify(value);
    case "%c":
      return "";
    default:
      return inspect(value, { depth: 4 });
  }
}
