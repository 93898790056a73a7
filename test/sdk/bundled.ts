import path from "node:path";
import { runInNewContext } from "node:vm";
import { expect, onTestFinished } from "vitest";
import type { WorkflowBundle } from "#sdk/bundle.ts";
import { BundleError } from "#sdk/errors.ts";
import { createProject } from "./project.ts";
import type { TestProject } from "./project.ts";

/** The folder of this checkout: no bundle may name it. */
export const CHECKOUT = path.resolve(import.meta.dirname, "../..");

/** A project with these files, until the test ends. */
export function project(files: Readonly<Record<string, string>>): TestProject {
  const made = createProject({ "package.json": "{}", ...files });
  onTestFinished(() => made.remove());
  return made;
}

/** What the sandbox finds in a bundle. */
export function load(bundle: WorkflowBundle): { default: unknown } {
  return runInNewContext(`${bundle.code};__tenonWorkflow`, { URL, setTimeout }) as { default: unknown };
}

/** The sources that a bundle's map names. */
export function sourcesOf(bundle: WorkflowBundle): readonly string[] {
  return (JSON.parse(bundle.sourceMap) as { sources: string[] }).sources;
}

/** The issues that a build is refused with. */
export async function issuesOf(building: Promise<unknown>): Promise<BundleError["issues"]> {
  const error: unknown = await building.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(BundleError);
  return error instanceof BundleError ? error.issues : [];
}
