/** `npm run chaos`: killed workers, killed sandboxes, cut connections, lost queues, token calls under fire, all in full. `npm run chaos -- killed` runs some. */
import { runSuite } from "#test/support/suite.ts";

process.env["TENON_CHAOS_SCALE"] = "full";
await runSuite("chaos", process.argv.slice(2));
