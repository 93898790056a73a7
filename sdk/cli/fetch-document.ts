import { CliError } from "./exit.ts";

const TIMEOUT_MS = 10_000;
const LARGEST = 20 * 1024 * 1024;

/** Fetches a document to this machine: within 10 s, up to 20 MB. @throws CliError */
export async function fetchDocument(url: string): Promise<string> {
  try {
    const response = await fetch(url, {
      headers: { accept: "application/json, application/yaml, text/yaml, */*" },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) {
      throw new CliError(
        `The document cannot be fetched: ${new URL(url).host} answered ${String(response.status)}.`,
      );
    }
    return await readBounded(response);
  } catch (error) {
    if (error instanceof CliError) {
      throw error;
    }
    const isLate = error instanceof Error && error.name === "TimeoutError";
    throw new CliError(
      isLate
        ? `The document did not arrive within ${String(TIMEOUT_MS / 1_000)} s.`
        : `The document cannot be fetched from ${URL.canParse(url) ? new URL(url).host : url}.`,
      { hint: "Download it by other means, and import the file." },
    );
  }
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > LARGEST) {
      throw new CliError("The document is larger than 20 MB.", { hint: "Split it, and import a part." });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
