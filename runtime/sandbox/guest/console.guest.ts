import { type Level, spoken } from "./log.guest.ts";
import { text } from "./primordials.guest.ts";

/** `console`: its lines are the run's log lines. */
export function makeConsole(): object {
  const counts = new Map<string, number>();
  const speak =
    (level: Level) =>
    (...values: readonly unknown[]): void => {
      spoken(level, values);
    };
  const info = speak("info");
  const silent = (): void => {
    // Grouping and timing have no form in a list of lines.
  };
  return {
    log: info,
    info,
    debug: speak("debug"),
    warn: speak("warn"),
    error: speak("error"),
    trace: speak("debug"),
    dir: info,
    table: info,
    group: info,
    groupCollapsed: info,
    groupEnd: silent,
    time: silent,
    timeEnd: silent,
    timeLog: info,
    assert: (condition: unknown, ...values: readonly unknown[]): void => {
      if (condition !== true && !condition) {
        spoken("error", ["Assertion failed:", ...values]);
      }
    },
    count: (label: unknown = "default"): void => {
      const name = text(label);
      counts.set(name, (counts.get(name) ?? 0) + 1);
      spoken("info", [`${name}: ${text(counts.get(name))}`]);
    },
  };
}
