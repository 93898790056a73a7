import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Command } from "commander";
import { CliError } from "./exit.ts";
import { packSdk } from "./pack-sdk.ts";
import { outputOf } from "./session.ts";

const EXAMPLES = `
Examples:
  $ tenon init my-workflows
  $ tenon init                    in this folder

Makes a project with a first workflow and its test. Files that exist are never overwritten.`;

// Where a template goes: npm would drop a `.gitignore` and treat a `package.json` as its own when it packs ours.
const FILES = {
  "src/workflows/hello.ts": "src/workflows/hello.ts",
  "test/hello.test.ts": "test/hello.test.ts",
  "tsconfig.json": "tsconfig.json",
  ".gitignore": "gitignore",
  ".npmrc": "npmrc",
  "README.md": "readme.md",
} as const;

/** `tenon init` */
export function addInit(root: Command): void {
  root
    .command("init")
    .description("make a project with a first workflow and its test")
    .argument("[dir]", "folder of the project", ".")
    .addHelpText("after", EXAMPLES)
    .action(async (dir: string, _options: unknown, command: Command) => {
      const output = outputOf(command);
      const folder = path.resolve(dir);
      refuseOverwriting(folder, dir);
      const files = await writeProject(folder);
      output.value({ directory: folder, files });
      output.line(`${output.paint("green", "✔")} Made a project in ${output.paint("bold", dir)}:`);
      output.line(files.map((file) => `    ${file}`).join("\n"));
      output.line(
        `\nNext:\n${dir === "." ? "" : `  cd ${dir}\n`}  npm install\n  npm test\n  npx tenon dev --input '{"name":"Ada"}'`,
      );
    });
}

function refuseOverwriting(folder: string, dir: string): void {
  const targets = [...Object.keys(FILES), "package.json", "vendor"];
  const taken = existsSync(folder) ? targets.filter((file) => existsSync(path.join(folder, file))) : [];
  if (taken.length > 0) {
    throw new CliError(`Nothing was written: ${dir} already has ${taken.join(", ")}.`, {
      code: "TENON_EXISTS",
      hint: "Choose an empty folder: tenon init my-workflows",
    });
  }
}

async function writeProject(folder: string): Promise<string[]> {
  const name = packageName(path.basename(folder));
  // First what can fail: then a failure leaves no half of a project.
  await mkdir(path.join(folder, "vendor"), { recursive: true });
  const archive = await packSdk(path.join(folder, "vendor"));
  for (const [target, template] of Object.entries(FILES)) {
    const text = await readFile(path.join(import.meta.dirname, "templates", template), "utf8");
    await mkdir(path.dirname(path.join(folder, target)), { recursive: true });
    await writeFile(path.join(folder, target), text.replaceAll("{{name}}", name));
  }
  const manifest = projectManifest(name, `file:vendor/${archive}`);
  await writeFile(path.join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return [...Object.keys(FILES), "package.json", `vendor/${archive}`];
}

/** Versions that this very release was tested with. */
function projectManifest(name: string, tenon: string): object {
  return {
    name,
    private: true,
    type: "module",
    scripts: {
      dev: "tenon dev",
      deploy: "tenon deploy",
      test: 'node --test "test/**/*.test.ts"',
      check: "tsc --noEmit",
    },
    dependencies: { tenon, zod: "^4.6.7" },
    devDependencies: { "@types/node": "^26.6.6", node: "^26.10.0", typescript: "^7.0.2" },
    // Brings Node 26 for the scripts above, whatever Node the machine has.
    allowScripts: { node: true, esbuild: false },
  };
}

function packageName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[._-]+|[._-]+$/g, "");
  // A project may not have the name of one of its own dependencies.
  return ["", "tenon", "zod", "node", "typescript"].includes(name) ? "my-workflows" : name;
}
