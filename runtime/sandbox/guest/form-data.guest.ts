import { type Blob, blobAccess, File } from "./blob.guest.ts";
import { brands } from "./brands.guest.ts";
import { asUsvString, checkBrand, defineInterface, requireArguments } from "./define-interface.guest.ts";
import { definePairs } from "./pairs.guest.ts";

export type FormEntry = readonly [string, string | File];

/** The entries of a form, for the product's files; undefined for what is none. */
export let formEntries: (form: object) => readonly FormEntry[] | undefined;

/** FormData (XHR, section 4). */
export class FormData {
  #entries: FormEntry[] = [];

  static {
    formEntries = (form) => (#entries in form ? form.#entries : undefined);
    brands.isFormData = (value): value is FormData =>
      typeof value === "object" && value !== null && #entries in value;
  }

  constructor(form?: unknown) {
    if (form !== undefined) {
      throw new TypeError("There are no form elements that FormData could be made of here.");
    }
  }

  append(name: unknown, value: unknown, ...filename: readonly unknown[]): void {
    checkBrand(#entries in this);
    requireArguments(arguments.length, 2, "FormData.append");
    this.#entries.push(makeEntry(name, value, filename));
  }

  delete(name: unknown): void {
    requireArguments(arguments.length, 1, "FormData.delete");
    const key = asUsvString(name);
    this.#entries = this.#entries.filter(([known]) => known !== key);
  }

  get(name: unknown): string | File | null {
    requireArguments(arguments.length, 1, "FormData.get");
    const key = asUsvString(name);
    return this.#entries.find(([known]) => known === key)?.[1] ?? null;
  }

  getAll(name: unknown): (string | File)[] {
    requireArguments(arguments.length, 1, "FormData.getAll");
    const key = asUsvString(name);
    return this.#entries.filter(([known]) => known === key).map(([, value]) => value);
  }

  has(name: unknown): boolean {
    requireArguments(arguments.length, 1, "FormData.has");
    const key = asUsvString(name);
    return this.#entries.some(([known]) => known === key);
  }

  set(name: unknown, value: unknown, ...filename: readonly unknown[]): void {
    checkBrand(#entries in this);
    requireArguments(arguments.length, 2, "FormData.set");
    const entry = makeEntry(name, value, filename);
    const at = this.#entries.findIndex(([known]) => known === entry[0]);
    if (at < 0) {
      this.#entries.push(entry);
      return;
    }
    this.#entries = this.#entries.filter(([known], index) => known !== entry[0] || index === at);
    this.#entries[at] = entry;
  }
}

defineInterface(FormData, { name: "FormData", length: 0 });
definePairs(FormData, (owner) => formEntries(owner));

/** Create an entry (XHR, section 4.3): a blob becomes a file. */
function makeEntry(name: unknown, value: unknown, [filename]: readonly unknown[]): FormEntry {
  const key = asUsvString(name);
  if (brands.isBlob(value)) {
    return [key, asFile(value, filename)];
  }
  if (filename !== undefined) {
    throw new TypeError("Only a Blob can have a file name.");
  }
  return [key, asUsvString(value)];
}

function asFile(blob: Blob, filename: unknown): File {
  if (filename !== undefined) {
    return blobAccess.toFile(blob, asUsvString(filename));
  }
  return blob instanceof File ? blob : blobAccess.toFile(blob, "blob");
}
