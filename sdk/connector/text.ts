import { z } from "zod";
import { hostPatternProblem, urlProblem } from "./host-problem.ts";

/** Lower-case words joined by `-`. */
export const slug = z
  .string()
  .max(100)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "must be lower-case words joined by -, as in google-drive");

/** A name in templates and records: letters, digits and `_`, not starting with a digit. */
export const fieldName = z
  .string()
  .max(64)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be letters, digits and _, not starting with a digit");

/**
 * Text with places to fill: `{name}` is a connection field or a credential field, `{accessToken}` the access token,
 * `{sets.user.accessToken}` that of another token set, `{callback.realmId}` a kept parameter of the OAuth callback,
 * `{token.instance_url}` a kept part of the token response, `{app.clientId}` the OAuth app's client id.
 */
export const template = z
  .string()
  .max(4_000)
  .refine(
    (text) => !/[{}]/.test(text.replace(/\{[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z0-9_-]+)*\}/g, "")),
    "has a { or } that belongs to no place such as {subdomain} or {token.instance_url}",
  );

/** An absolute URL with places to fill. HTTPS; plain HTTP only towards `localhost`. */
export const urlTemplate = template.superRefine((text, issues) => report(urlProblem(text), issues));

/**
 * Where a value stands in a JSON body: names and array positions joined by dots, as in `data.items.0.id`. Negative
 * positions count from the end (`-1` is the last); `\.` is a dot inside a name. Read with `readPlace`.
 */
export const jsonPath = z
  .string()
  .max(500)
  .regex(/^(\\\.|[^.\s[\]\\])+(\.(\\\.|[^.\s[\]\\])+)*$/, 'must be names joined by dots, as in "data.items"');

/** Where requests may go, as a template: `api.example.com`, `{subdomain}.example.com`, `*.example.com`. */
export const hostTemplate = template
  .max(300)
  .superRefine((text, issues) => report(hostPatternProblem(text), issues));

function report(problem: string | null, issues: { addIssue(message: string): void }): void {
  if (problem !== null) {
    issues.addIssue(problem);
  }
}

/** A web page that a definition was written from. */
export const webPage = z
  .string()
  .max(2_000)
  .refine((text) => URL.canParse(text) && new URL(text).protocol === "https:", "must be an https URL");
