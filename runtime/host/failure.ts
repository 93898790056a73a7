import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { z } from "zod";
import { CUT_MARK } from "#runtime/vault/redact.ts";
import type { Redactor } from "#runtime/vault/redact.ts";
import type { RunError } from "./execution.ts";

/** An error as the guest's prelude described it: believed in form only after this. */
interface GuestError {
  readonly code: string | null;
  readonly reason: string | null;
  readonly name: string;
  readonly message: string;
  readonly stack: string | null;
  readonly cause: GuestError | null;
  readonly errors: readonly GuestError[];
}

interface Frame {
  readonly words: string;
  readonly location: NonNullable<RunError["location"]>;
}

const MAX_ERRORS = 5;

const MAX_MESSAGE = 20_000;

const guestError: z.ZodType<GuestError> = z.object({
  code: z
    .string()
    .regex(/^TENON_[A-Z0-9_]{1,60}$/)
    .nullable(),
  // Whatever else stands there costs the reason, not the rest of what is told.
  reason: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]{0,99}$/)
    .nullable()
    .catch(null),
  name: z.string().max(1_000),
  message: z.string().max(MAX_MESSAGE),
  stack: z.string().max(50_000).nullable(),
  get cause() {
    return guestError.nullable();
  },
  get errors() {
    return z.array(guestError).max(MAX_ERRORS).default([]);
  },
});

const FRAME = /\(?tenon:workflow:(\d+):(\d+)\)?$/;
/** A frame of the product's own in a text, printed or quoted: what follows on its line is not the frame's. */
const OWN_FRAME =
  /(?:\n|\\n)[ \t]*at (?:(?!tenon:|<isolated-vm|\\n)[^\n])*(?:tenon:prelude:\d+(?::\d+)?|<isolated-vm[^>\n]*>)\)?/g;
const MAX_FRAMES = 30;
/** A file's name comes from the bundle's own map, and stands in a text as often as its author likes. */
const MAX_FILE = 300;

/** Turns what the guest says of its error into what is stored: mapped to the author's files, redacted. */
export class Failures {
  readonly #sourceMap: string | null;
  readonly #redactor: Redactor;
  #map: TraceMap | null | undefined;

  constructor(sourceMap: string | null, redactor: Redactor) {
    this.#sourceMap = sourceMap;
    this.#redactor = redactor;
  }

  /** The error that the JSON text describes; throws when it describes none. */
  read(json: string): RunError {
    return this.#toRunError(guestError.parse(JSON.parse(json)));
  }

  /** V8's own word about a bundle that does not parse: a message, then a stack whose first line has the position. */
  parseError(detail: string): RunError {
    const [message = "The workflow is not valid JavaScript."] = detail.split("\n");
    const position = /tenon:workflow:(\d+)(?::(\d+))?/.exec(detail);
    const location =
      position === null
        ? null
        : this.#locate(Number(position[1]), position[2] === undefined ? 1 : Number(position[2]));
    const shown = message.replace(/\s*\[tenon:workflow:\d+:\d+\]$/, "");
    return {
      code: "TENON_PARSE_ERROR",
      name: "SyntaxError",
      message: shown,
      stack: null,
      location,
      cause: null,
    };
  }

  /** Positions of the bundle inside any text, such as a logged stack, become the author's. */
  mapText(text: string): string {
    if (!text.includes("tenon:")) {
      return text;
    }
    // With a line break before each line, so that a frame always has one to go with.
    return `\n${text}`
      .replace(OWN_FRAME, "")
      .replace(/^\n/, "")
      .replace(/tenon:workflow:(\d+):(\d+)/g, (_, row: string, column: string) => {
        const { file, line, column: at } = this.#locate(Number(row), Number(column));
        return `${file}:${String(line)}:${String(at)}`;
      });
  }

  #toRunError(given: GuestError): RunError {
    const frames = this.#frames(given.stack ?? "");
    return {
      code: given.code ?? "TENON_USER_ERROR",
      ...(given.reason === null ? {} : { reason: this.#redactor.text(given.reason) }),
      name: this.#redactor.text(given.name),
      message: this.#redactor.text(cut(this.mapText(given.message))),
      stack: frames.length === 0 ? null : this.#redactor.text(frames.map((frame) => frame.words).join("\n")),
      location: frames[0]?.location ?? null,
      cause: given.cause === null ? null : this.#toRunError(given.cause),
      ...(given.errors.length === 0 ? {} : { errors: given.errors.map((error) => this.#toRunError(error)) }),
    };
  }

  /** The author's frames. Those of the modules that Tenon brings are shown only where there are no others. */
  #frames(stack: string): Frame[] {
    const frames = this.#everyFrame(stack);
    const own = frames.filter(({ location }) => !location.file.startsWith("node_modules/tenon/"));
    return (own.length === 0 ? frames : own).slice(0, MAX_FRAMES);
  }

  #everyFrame(stack: string): Frame[] {
    return stack.split("\n").flatMap((line) => {
      const match = FRAME.exec(line);
      if (!line.startsWith("    at ") || match === null) {
        return [];
      }
      const location = this.#locate(Number(match[1]), Number(match[2]));
      const name = /^ {4}at (.+) \(/.exec(line)?.[1];
      const place = `${location.file}:${String(location.line)}:${String(location.column)}`;
      const nameless = line.startsWith("    at async ") ? `    at async ${place}` : `    at ${place}`;
      return [{ words: name === undefined ? nameless : `    at ${name} (${place})`, location }];
    });
  }

  #locate(line: number, column: number): NonNullable<RunError["location"]> {
    this.#map ??= openMap(this.#sourceMap);
    if (this.#map !== null && line >= 1) {
      const found = originalPositionFor(this.#map, { line, column: Math.max(0, column - 1) });
      if (found.source !== null) {
        return { file: found.source.slice(0, MAX_FILE), line: found.line, column: found.column + 1 };
      }
    }
    return { file: "workflow.js", line, column };
  }
}

/** A thrown object is shown with what it holds, stacks too: mapped, they are longer. */
function cut(message: string): string {
  return message.length <= MAX_MESSAGE ? message : message.slice(0, MAX_MESSAGE) + CUT_MARK;
}

function openMap(sourceMap: string | null): TraceMap | null {
  try {
    return sourceMap === null ? null : new TraceMap(sourceMap);
  } catch {
    // An unreadable map is the author's loss of positions, not of the run.
    return null;
  }
}

/** An error of the product about a run, without a position in the author's code. */
export function runError(code: string, message: string): RunError {
  return { code, name: "TenonError", message, stack: null, location: null, cause: null };
}
