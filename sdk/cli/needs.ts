import type { VersionManifest } from "#sdk/client.ts";
import type { Output } from "./output.ts";
import { printable } from "./output.ts";

type Needs = VersionManifest["needs"];

/** One capability that a version has and the one before had not, or the other way round. */
export interface NeedChange {
  readonly change: "added" | "removed";
  readonly kind: "secret" | "reveal" | "variable" | "connection" | "egress";
  readonly name: string;
}

/** How the capabilities differ between two versions; `before` null: there was none. */
export function compareNeeds(before: Needs | null, after: Needs): NeedChange[] {
  const old = new Map(
    (before === null ? [] : capabilities(before)).map((need) => [`${need.kind} ${need.name}`, need]),
  );
  const now = new Map(capabilities(after).map((need) => [`${need.kind} ${need.name}`, need]));
  return [
    ...[...now].filter(([key]) => !old.has(key)).map(([, need]) => ({ change: "added", ...need }) as const),
    ...[...old].filter(([key]) => !now.has(key)).map(([, need]) => ({ change: "removed", ...need }) as const),
  ];
}

function capabilities(needs: Needs): { kind: NeedChange["kind"]; name: string }[] {
  const secrets = Object.entries(needs.secrets);
  return [
    ...secrets.map(([name]) => ({ kind: "secret" as const, name })),
    ...secrets.filter(([, need]) => need.reveal).map(([name]) => ({ kind: "reveal" as const, name })),
    ...Object.keys(needs.variables).map((name) => ({ kind: "variable" as const, name })),
    ...Object.entries(needs.connections ?? {}).map(([alias, { connector, owner }]) => ({
      kind: "connection" as const,
      name: `${connector} (${alias}${owner === undefined ? "" : `, of the ${owner}`})`,
    })),
    ...needs.egress.map((name) => ({ kind: "egress" as const, name })),
  ];
}

const WORDS = {
  secret: "may send the secret",
  reveal: "may read the plaintext of",
  variable: "may read the variable",
  connection: "may use the connection of",
  egress: "may reach",
} as const;

/** Shows a capability diff to whoever deploys: it is the part of a deployment to read twice. */
export function printNeeds(output: Output, changes: readonly NeedChange[]): void {
  for (const { change, kind, name } of changes) {
    const sign = change === "added" ? output.paint("green", "+") : output.paint("red", "-");
    const loud = kind === "reveal" && change === "added" ? output.paint("yellow", "  (plaintext!)") : "";
    output.line(`    ${sign} ${WORDS[kind]} ${output.paint("bold", printable(name))}${loud}`);
  }
}
