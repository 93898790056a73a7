import { describe, expect, test } from "vitest";
import { checkActionInput } from "#runtime/host/action/check-input.ts";
import { buildRequest } from "#runtime/host/action/build-request.ts";
import { importOpenApi } from "#sdk/connector/openapi/import.ts";
import { parseConnector } from "#sdk/connector/parse.ts";

type Part = Record<string, unknown>;

/** The request that the imported action makes of an input. */
function requestOf(method: string, path: string, operation: Part, input: Part): unknown {
  const { connector } = importOpenApi(
    JSON.stringify({
      openapi: "3.0.0",
      info: { title: "Pets" },
      servers: [{ url: "https://api.pets.example" }],
      paths: { [path]: { [method]: { responses: {}, ...operation } } },
    }),
  );
  const [action] = parseConnector(connector).actions;
  if (action?.http === undefined) {
    throw new Error("it is no action");
  }
  checkActionInput(action, "pets", input);
  const request = buildRequest(action, action.http, { input, fields: {} });
  return {
    line: `${request.method} ${request.path}`,
    headers: Object.fromEntries(request.headers),
    body: request.body === null ? null : Buffer.from(request.body).toString(),
  };
}

const query = (name: string, more: Part): Part => ({ name, in: "query", ...more });
const strings = { schema: { type: "array", items: { type: "string" } } };
const content = (type: string, schema: unknown): Part => ({
  requestBody: { required: true, content: { [type]: { schema } } },
});

describe("what OpenAPI says goes on the wire", () => {
  test("in paths, queries and headers", () => {
    const parameters = [
      { name: "pet/id", in: "path", required: true, schema: { type: "string" } },
      query("form", strings),
      query("comma", { ...strings, explode: false }),
      query("pipe", { ...strings, style: "pipeDelimited" }),
      query("deep", { style: "deepObject", schema: { type: "object" } }),
      query("flat", { schema: { type: "object" } }),
      query("json", { content: { "application/json": { schema: { type: "object" } } } }),
      query("fixed", { required: true, schema: { type: "string", enum: ["1"] } }),
      { name: "X-Ids", in: "header", ...strings },
    ];
    const input = {
      "pet/id": "a/b",
      form: ["1", "2"],
      comma: ["1", "2"],
      pipe: ["1", "2"],
      deep: { a: { b: 1 } },
      flat: { c: 1, d: "x y" },
      json: { e: 1 },
      "X-Ids": ["1", "2"],
    };
    expect(requestOf("get", "/pets/{pet/id}", { parameters }, input)).toMatchObject({
      line: "GET /pets/a%2Fb?fixed=1&form=1&form=2&comma=1%2C2&pipe=1%7C2&deep[a][b]=1&c=1&d=x%20y&json=%7B%22e%22%3A1%7D",
      headers: { "X-Ids": "1,2" },
      body: null,
    });
  });

  test("in bodies", () => {
    const pet = {
      type: "object",
      properties: { name: { type: "string" }, tags: { type: "array", items: {} } },
    };
    const parameters = [query("name", { schema: { type: "string" } })];
    expect(requestOf("post", "/pets", content("application/json", pet), { name: "Rex" })).toMatchObject({
      body: '{"name":"Rex"}',
    });
    expect(
      requestOf(
        "delete",
        "/pets",
        { parameters, ...content("application/json", pet) },
        { name: "q", body: { name: "Rex" } },
      ),
    ).toMatchObject({ line: "DELETE /pets?name=q", body: '{"name":"Rex"}' });
    expect(
      requestOf("post", "/pets", content("application/x-www-form-urlencoded", pet), {
        name: "R x",
        tags: [1, 2],
      }),
    ).toMatchObject({
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: "name=R+x&tags=1&tags=2",
    });
    expect(requestOf("post", "/pets", content("application/xml", {}), { body: "<a/>" })).toMatchObject({
      headers: { "content-type": "application/xml" },
      body: "<a/>",
    });
    expect(requestOf("put", "/pets", content("image/png", {}), { body: btoa("bytes") })).toMatchObject({
      headers: { "content-type": "image/png" },
      body: "bytes",
    });
    const upload = { type: "object", properties: { file: { type: "string", format: "binary" } } };
    const sent = requestOf("post", "/pets", content("multipart/form-data", upload), {
      file: { filename: "a.txt", data: btoa("bytes") },
    });
    expect(sent).toMatchObject({
      body: expect.stringMatching(/filename="a\.txt"[^]*\r\n\r\nbytes\r\n/) as string,
    });
  });
});
