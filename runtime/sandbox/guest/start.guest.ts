/** What the worker tells the prelude when a run starts; the host half builds it (host/payload.ts). */
export interface StartPayload {
  readonly mode: "run" | "describe";
  /** What runs, and so what `ctx` is. */
  readonly role: "workflow" | "action" | "handler";
  /** What a custom auth handler is shown; placeholders where it is secret. */
  readonly handler: {
    readonly fields: Readonly<Record<string, string>>;
    readonly previous: Readonly<Record<string, string>>;
  } | null;
  /** JSON text. */
  readonly input: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly facts: {
    readonly run: Readonly<Record<string, unknown>>;
    readonly environment: Readonly<Record<string, unknown>>;
    readonly customer: Readonly<Record<string, unknown>> | null;
  };
  readonly variables: Readonly<Record<string, string>>;
  /** Placeholders by name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Declared connections by alias; false: an optional one that there is none of. */
  readonly connections: Readonly<Record<string, boolean>>;
  /** 32 bytes in base64, from the process's random source. */
  readonly seed: string;
  readonly limits: {
    readonly resultBytes: number;
    readonly bodyBytes: number;
    readonly logLines: number;
    readonly logBytes: number;
    readonly logLineBytes: number;
  };
}
