// Packs the SDK and the CLI into the current folder, ready for `npm publish <archive>`. The checkout itself is
// never published: under node_modules Node would not strip its types, and authors do not need the server.
import { packSdk } from "./pack-sdk.ts";

console.log(await packSdk(process.cwd()));
