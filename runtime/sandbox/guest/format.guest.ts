import { describeValue } from "./inspect.guest.ts";
import { text } from "./primordials.guest.ts";

/** What a directive may show of one value. */
const MAX_SHOWN = 16_000;

/**
 * The values of a log call with the directives of the first one filled in (Console, section 2.2): `%s`, `%d`, `%i`,
 * `%f`, `%j`, `%o` and `%O`; `%c` takes a style and shows nothing.
 */
export function formatted(values: readonly unknown[]): readonly unknown[] {
  const [template, ...rest] = values;
  if (typeof template !== "string" || rest.length === 0 || !template.includes("%")) {
    return values;
  }
  const words = template.replace(/%[sdifjoOc%]/g, (directive) => {
    if (directive === "%%") {
      return "%";
    }
    return rest.length === 0 ? directive : filled(directive, rest.shift());
  });
  return [words, ...rest];
}

function filled(directive: string, value: unknown): string {
  switch (directive) {
    case "%s":
      return typeof value === "object" ? describeValue(value, MAX_SHOWN) : text(value);
    case "%d":
    case "%i":
      return typeof value === "bigint" ? `${text(value)}n` : text(numberOf(value, directive === "%i"));
    case "%f":
      return text(numberOf(value, false));
    case "%j":
      return text(JSON.stringify(value));
    case "%c":
      return "";
    default:
      return describeValue(value, MAX_SHOWN);
  }
}

function numberOf(value: unknown, whole: boolean): number {
  if (typeof value === "symbol" || typeof value === "object") {
    return NaN;
  }
  return whole ? parseInt(text(value), 10) : parseFloat(text(value));
}
