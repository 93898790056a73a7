/** `npm run chaos`: killed workers, killed sandboxes, cut connections, lost queues. `npm run chaos -- killed` runs some. */
import { runSuite } from "#test/support/suite.ts";

await runSuite("chaos", process.argv.slice(2));
