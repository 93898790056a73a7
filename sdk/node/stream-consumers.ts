type Source = AsyncIterable<unknown>;

async function buffer(source: Source): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) {
    chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Uint8Array));
  }
  return Buffer.concat(chunks);
}

async function text(source: Source): Promise<string> {
  return (await buffer(source)).toString("utf8");
}

/** `node:stream/consumers`. */
export const exported = {
  buffer,
  text,
  json: async (source: Source): Promise<unknown> => JSON.parse(await text(source)) as unknown,
  arrayBuffer: async (source: Source): Promise<ArrayBuffer> => new Uint8Array(await buffer(source)).buffer,
  blob: async (source: Source): Promise<Blob> => new Blob([new Uint8Array(await buffer(source))]),
};
