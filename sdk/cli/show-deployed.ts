import { printNeeds } from "./needs.ts";
import type { Output } from "./output.ts";
import type { Built, Deployed } from "./publish.ts";
import { codeFrame } from "./code-frame.ts";

/** Tells people what a deployment did, and what its runs will miss. */
export function showDeployed(output: Output, built: Built, done: Deployed): void {
  for (const warning of built.bundle.warnings) {
    output.note(codeFrame(warning, process.stderr));
  }
  const name = `${output.paint("bold", done.workflow)} v${String(done.version)}`;
  const hash = output.paint("dim", done.hash.replace(/^sha256[:-]/, "").slice(0, 12));
  const verb = done.deployed ? "deployed to" : "is already live in";
  const change =
    done.deployed && done.previousVersion !== null
      ? output.paint("dim", ` (was v${String(done.previousVersion)})`)
      : "";
  output.line(
    `${output.paint("green", "✔")} ${name} ${hash} ${verb} ${output.paint("bold", done.environment)}${change}`,
  );
  printNeeds(output, done.needs);
  for (const secret of done.missing.secrets) {
    output.note(
      `  ! ${done.environment} has no secret ${secret} yet: tenon secrets set ${secret} --env ${done.environment} --host <host>`,
    );
  }
  for (const connector of done.missing.connections) {
    output.note(
      `  ! ${done.environment} has no connection of ${connector} yet: tenon connections connect ${connector} --env ${done.environment}`,
    );
  }
  for (const connector of done.missing.customerConnections) {
    output.note(
      `  ! No customer has connected ${connector} in ${done.environment} yet: tenon connect-sessions create --customer <customer> --connector ${connector} --env ${done.environment}`,
    );
  }
  for (const variable of done.missing.variables) {
    output.note(
      `  ! ${done.environment} has no variable ${variable} yet: tenon variables set ${variable} <value> --env ${done.environment}`,
    );
  }
}
