/** What the CLI's exit code says. */
export const EXIT = {
  ok: 0,
  /** The run failed, or the server refused the operation. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** No key, or one that the server does not know. */
  notAuthenticated: 3,
  /** The server does not answer. */
  unreachable: 4,
} as const;

/** One of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A command ends without success, in words for its user. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly exitCode: ExitCode;
  /** Stable, for scripts. */
  readonly code: string;
  /** What to do about it. */
  readonly hint: string | null;
  /** People have been told already: only the exit code and the document of `--json` remain to be given. */
  readonly isShown: boolean;
  /** What exactly is wrong, and where. */
  readonly errors: readonly { readonly path: string; readonly message: string }[];

  constructor(
    message: string,
    options: {
      exitCode?: ExitCode;
      code?: string;
      hint?: string;
      isShown?: boolean;
      errors?: CliError["errors"];
    } = {},
  ) {
    super(message);
    this.exitCode = options.exitCode ?? EXIT.failed;
    this.code = options.code ?? "TENON_CLI";
    this.hint = options.hint ?? null;
    this.isShown = options.isShown ?? false;
    this.errors = options.errors ?? [];
  }
}

/** The command line is wrong: exit code 2. */
export function usageError(message: string, hint?: string): CliError {
  return new CliError(message, {
    exitCode: EXIT.usage,
    code: "TENON_USAGE",
    ...(hint === undefined ? {} : { hint }),
  });
}
