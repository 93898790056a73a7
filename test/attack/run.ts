/**
 * `npm run attack`: every attack that somebody thought of, as a test; its last line has the figures of the hostile
 * corpus and of the neighbours of an attacker. `npm run attack -- egress` runs some.
 */
import { runSuite } from "#test/support/suite.ts";

process.env["TENON_ATTACK_SCALE"] = "full";
await runSuite("attack", process.argv.slice(2));
