/** `npm run attack`: every attack that somebody thought of, as a test. `npm run attack -- egress` runs some. */
import { runSuite } from "#test/support/suite.ts";

await runSuite("attack", process.argv.slice(2));
