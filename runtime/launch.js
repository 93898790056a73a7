// The door of every process. Plain JavaScript, so that an old Node says one clear line instead of a syntax error.
const major = Number(process.versions.node.split(".")[0]);
if (!(major >= 26)) {
  console.error(
    `Tenon needs Node 26 and this is ${process.version}. Use the npm scripts (npm start, npm run api, npm run worker): they bring their own.`,
  );
  process.exit(1);
}

const entries = {
  start: "./start.ts",
  api: "../api/main.ts",
  worker: "./worker/main.ts",
  courier: "./oauth/main.ts",
  bootstrap: "./bootstrap.ts",
  vault: "./vault/main.ts",
};
const entry = Object.hasOwn(entries, process.argv[2] ?? "") ? entries[process.argv[2]] : undefined;
if (entry === undefined) {
  console.error(`Usage: node runtime/launch.js <${Object.keys(entries).join("|")}>`);
  process.exit(1);
}

const { main } = await import(entry);
try {
  await main(process.argv.slice(3));
} catch (error) {
  // A setup error is the operator's to mend: one line. Anything else is ours: show where it comes from.
  const line = error?.code === "TENON_SETUP" ? error.message : (error?.stack ?? String(error));
  // Under a supervisor it is the supervisor that says it, once.
  if (process.send === undefined) {
    console.error(`tenon: ${line}`);
    process.exit(1);
  }
  process.send({ ready: false, reason: line }, () => process.exit(1));
}
