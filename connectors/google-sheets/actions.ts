import { choice, list, object, optional, part, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const reference = "https://developers.google.com/workspace/sheets/api/reference/rest/v4";
const scopes = ["https://www.googleapis.com/auth/spreadsheets"];
const spreadsheetId = text("The spreadsheet's id, from its address.");
const range = text("Cells in A1 notation, such as Sheet1!A1:C10.");
const values = list("Rows, each a list of cells.", { type: "array" });
const valueInputOption = choice("RAW keeps the text; USER_ENTERED reads it as if typed.", [
  "RAW",
  "USER_ENTERED",
]);

export const actions: ActionInput[] = [
  {
    slug: "get-spreadsheet",
    name: "Get a spreadsheet",
    description: "Reads properties and sheets of a spreadsheet, without its cells.",
    input: object({ spreadsheetId }),
    scopes,
    source: `${reference}/spreadsheets/get`,
    http: { method: "GET", path: "/spreadsheets/{spreadsheetId}" },
  },
  {
    slug: "create-spreadsheet",
    name: "Create a spreadsheet",
    description: "Creates a spreadsheet.",
    input: object({
      properties: part("Properties.", { title: text("The title.") }),
      sheets: optional(list("Sheets that it begins with.", { type: "object" })),
    }),
    scopes,
    source: `${reference}/spreadsheets/create`,
    http: { method: "POST", path: "/spreadsheets" },
  },
  {
    slug: "get-values",
    name: "Read cells",
    description: "Reads a range of cells, row by row.",
    input: object({
      spreadsheetId,
      range,
      valueRenderOption: optional(
        choice("How values are given.", ["FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA"]),
      ),
    }),
    scopes,
    source: `${reference}/spreadsheets.values/get`,
    http: { method: "GET", path: "/spreadsheets/{spreadsheetId}/values/{range}" },
  },
  {
    slug: "append-rows",
    name: "Append rows",
    description: "Adds rows after the last one of a table.",
    input: object({ spreadsheetId, range, values, valueInputOption }),
    scopes,
    source: `${reference}/spreadsheets.values/append`,
    http: {
      method: "POST",
      path: "/spreadsheets/{spreadsheetId}/values/{range}:append",
      params: { valueInputOption: { in: "query" } },
    },
  },
  {
    slug: "update-values",
    name: "Write cells",
    description: "Replaces a range of cells.",
    input: object({ spreadsheetId, range, values, valueInputOption }),
    scopes,
    source: `${reference}/spreadsheets.values/update`,
    http: {
      method: "PUT",
      path: "/spreadsheets/{spreadsheetId}/values/{range}",
      params: { valueInputOption: { in: "query" } },
    },
  },
  {
    slug: "clear-values",
    name: "Clear cells",
    description: "Empties a range of cells and keeps its format.",
    input: object({ spreadsheetId, range }),
    idempotent: true,
    scopes,
    source: `${reference}/spreadsheets.values/clear`,
    http: { method: "POST", path: "/spreadsheets/{spreadsheetId}/values/{range}:clear" },
  },
  {
    slug: "batch-update",
    name: "Change a spreadsheet",
    description: "Makes changes of any kind at once: sheets, formats, filters.",
    input: object({ spreadsheetId, requests: list("The changes.", { type: "object" }) }),
    scopes,
    source: `${reference}/spreadsheets/batchUpdate`,
    http: { method: "POST", path: "/spreadsheets/{spreadsheetId}:batchUpdate" },
  },
];
