import { elapsed } from "./clock.guest.ts";
import { asDomString } from "./define-interface.guest.ts";
import { formatted } from "./format.guest.ts";
import { type Level, spoken } from "./log.guest.ts";
import { isArray, NativeError, text } from "./primordials.guest.ts";
import { tableOf } from "./table.guest.ts";

/** What groups indent by (Console, section 1.2). */
const INDENT = "  ";
const captureStackTrace = NativeError.captureStackTrace.bind(NativeError);

/** `console` (Console Standard): its lines are the run's log lines. */
export function makeConsole(): object {
  const counts = new Map<string, number>();
  const starts = new Map<string, number>();
  let indent = "";
  const speak = (level: Level, values: readonly unknown[]): void => {
    spoken(level, formatted(values), indent);
  };
  const spent = (label: string, values: readonly unknown[]): void => {
    const start = starts.get(label);
    if (start === undefined) {
      speak("warn", [`Timer '${label}' does not exist`]);
    } else {
      speak("info", [`${label}: ${text(elapsed() - start)}ms`, ...values]);
    }
  };
  const openGroup = (...values: readonly unknown[]): void => {
    if (values.length > 0) {
      speak("info", values);
    }
    indent += INDENT;
  };
  const trace = (...values: readonly unknown[]): void => {
    speak("debug", ["Trace:", ...values, framesOf(trace)]);
  };
  const methods = {
    assert(...[condition, ...values]: readonly unknown[]): void {
      if (condition !== true && !condition) {
        const [first, ...rest] = values;
        const told =
          typeof first === "string"
            ? [`Assertion failed: ${first}`, ...rest]
            : ["Assertion failed", ...values];
        speak("error", told);
      }
    },
    clear(): void {
      indent = "";
    },
    debug(...values: readonly unknown[]): void {
      speak("debug", values);
    },
    error(...values: readonly unknown[]): void {
      speak("error", values);
    },
    info(...values: readonly unknown[]): void {
      speak("info", values);
    },
    log(...values: readonly unknown[]): void {
      speak("info", values);
    },
    table(...[data, columns]: readonly unknown[]): void {
      const rows = tableOf(data, isArray(columns) ? columns.map(text) : null);
      speak("info", rows === null ? [data] : [rows]);
    },
    trace,
    warn(...values: readonly unknown[]): void {
      speak("warn", values);
    },
    dir(...[item]: readonly unknown[]): void {
      speak("info", [item]);
    },
    dirxml(...values: readonly unknown[]): void {
      speak("info", values);
    },
    count(label: unknown = "default"): void {
      const name = asDomString(label);
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      speak("info", [`${name}: ${text(count)}`]);
    },
    countReset(label: unknown = "default"): void {
      const name = asDomString(label);
      if (!counts.delete(name)) {
        speak("warn", [`Count for '${name}' does not exist`]);
      }
    },
    group: openGroup,
    groupCollapsed: openGroup,
    groupEnd(): void {
      indent = indent.slice(INDENT.length);
    },
    time(label: unknown = "default"): void {
      const name = asDomString(label);
      if (starts.has(name)) {
        speak("warn", [`Timer '${name}' already exists`]);
      } else {
        starts.set(name, elapsed());
      }
    },
    timeLog(label: unknown = "default", ...values: readonly unknown[]): void {
      spent(asDomString(label), values);
    },
    timeEnd(label: unknown = "default"): void {
      const name = asDomString(label);
      spent(name, []);
      starts.delete(name);
    },
  };
  return asNamespace(methods);
}

/** A namespace object as Web IDL, section 3.13 makes it, with the prototype of its own that `console` has. */
function asNamespace(methods: object): object {
  const namespace = Object.create(
    Object.create(Object.prototype) as object,
    Object.getOwnPropertyDescriptors(methods),
  ) as object;
  Object.defineProperty(namespace, Symbol.toStringTag, { value: "console", configurable: true });
  return namespace;
}

/** Where guest code is; the worker takes out what is not its own. */
function framesOf(above: () => void): string {
  const holder: { stack?: string } = {};
  captureStackTrace(holder, above);
  const stack = holder.stack ?? "";
  return stack.slice(stack.indexOf("\n"));
}
