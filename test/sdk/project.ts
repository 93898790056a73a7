import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A folder with files, for as long as a test needs it. */
export interface TestProject {
  readonly folder: string;
  /** Writes a file below the folder and gives its path. */
  readonly write: (file: string, text: string) => string;
  readonly remove: () => void;
}

/** Makes a project folder of its own below the system's temporary folder. */
export function createProject(files: Readonly<Record<string, string>> = {}): TestProject {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "tenon-project-")));
  const write = (file: string, text: string): string => {
    const target = path.join(folder, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
    return target;
  };
  for (const [file, text] of Object.entries(files)) {
    write(file, text);
  }
  return { folder, write, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
