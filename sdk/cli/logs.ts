import type { Command } from "commander";
import { everyPage } from "#sdk/client.ts";
import { followRun, showLogLine, showOutcome } from "./follow.ts";
import { openSession } from "./session.ts";

const EXAMPLES = `
Examples:
  $ tenon logs 019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77
  $ tenon logs 019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77 -f           from the first line, until the run ends
  $ tenon logs 019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77 --json | jq 'select(.log.level == "error")'`;

/** `tenon logs` */
export function addLogs(root: Command): void {
  root
    .command("logs")
    .description("show the log of a run, and how it ended")
    .argument("<run>", "id of the run")
    .option("-f, --follow", "stream until the run has finished")
    .addHelpText("after", EXAMPLES)
    .action(async (run: string, options: { readonly follow?: boolean }, command: Command) => {
      const { client, output, signal } = openSession(command);
      if (options.follow === true) {
        const last = await followRun(client, run, { output, signal });
        output.value({ type: "end", run: last });
        showOutcome(output, last);
        return;
      }
      // Asked first: of a run that has ended by now every line is there.
      const now = await client.runs.get(run);
      for await (const log of everyPage((page) => client.runs.logs(run, { limit: 1_000, ...page }))) {
        output.value({ type: "log", log });
        showLogLine(output, log);
      }
      if (now.finishedAt === null) {
        output.note(`  The run is ${now.status}. Follow it: tenon logs ${run} -f`);
        return;
      }
      output.value({ type: "end", run: now });
      showOutcome(output, now);
    });
}
