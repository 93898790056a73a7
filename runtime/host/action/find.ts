import { InvalidError } from "#runtime/errors.ts";
import type { Action } from "#sdk/connector/action.ts";
import { callName } from "#sdk/connector/call-name.ts";
import type { Connector } from "#sdk/connector/schema.ts";

/** A cache: the actions of a definition by what guest code calls them. */
const byName = new WeakMap<Connector, ReadonlyMap<string, Action>>();

/** The action that guest code names, in camel case or by its slug. @throws InvalidError `TENON_ACTION_UNKNOWN` */
export function findAction(connector: Connector, name: string): Action {
  const known = byName.get(connector) ?? named(connector);
  byName.set(connector, known);
  const action = known.get(name);
  if (action === undefined) {
    const listed = [...known.keys()].filter((other) => !other.includes("-"));
    const some = nearest(name, listed).slice(0, 5).join(", ");
    throw new InvalidError(
      `The connector "${connector.slug}" has no action "${name.slice(0, 100)}". ${listed.length === 0 ? "It has none; use fetch" : `It has ${some}${listed.length > 5 ? ", …" : ""}`}.`,
      { code: "TENON_ACTION_UNKNOWN" },
    );
  }
  return action;
}

function named(connector: Connector): ReadonlyMap<string, Action> {
  return new Map(
    connector.actions.flatMap((action): [string, Action][] => [
      [action.slug, action],
      [callName(action.slug), action],
    ]),
  );
}

/** The names that share the most words with the one that was asked for come first. */
function nearest(name: string, others: readonly string[]): string[] {
  const words = new Set(name.split(/(?=[A-Z])|-/).map((word) => word.toLowerCase()));
  const shared = (other: string): number =>
    other.split(/(?=[A-Z])/).filter((word) => words.has(word.toLowerCase())).length;
  return others.toSorted((a, b) => shared(b) - shared(a));
}
