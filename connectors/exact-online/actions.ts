import { choice, integer, list, object, optional, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const reference = "https://start.exactonline.nl/docs/HlpRestAPIResourcesDetails.aspx";
const pages = { type: "link", items: "d.results", path: "d.__next" } as const;
const division = integer("The division's number.");
// Without it the vendor answers 400 to lists of many fields.
const select = text("Which fields are returned, joined by commas.");
const filter = optional(text("A filter, such as Name eq 'Acme'."));
const params = { select: { in: "query", as: "$select" }, filter: { in: "query", as: "$filter" } } as const;

export const actions: ActionInput[] = [
  {
    slug: "get-current-user",
    name: "Get the account",
    description: "Reads who the account is; CurrentDivision is the division that it works in.",
    input: object({}),
    source: `${reference}?name=SystemSystemMe`,
    http: { method: "GET", path: "/current/Me", result: "d.results.0" },
  },
  {
    slug: "list-divisions",
    name: "List divisions",
    description: "Lists the divisions that the account can reach; division is any of them.",
    input: object({ division, select }),
    source: `${reference}?name=HRMDivisions`,
    http: {
      method: "GET",
      path: "/{division}/hrm/Divisions",
      params: { select: params.select },
      pagination: pages,
    },
  },
  {
    slug: "list-accounts",
    name: "List accounts",
    description: "Lists customers and suppliers.",
    input: object({ division, select, filter }),
    source: `${reference}?name=CRMAccounts`,
    http: { method: "GET", path: "/{division}/crm/Accounts", params, pagination: pages },
  },
  {
    slug: "create-account",
    name: "Create an account",
    description: "Creates a customer or supplier.",
    input: object({
      division,
      Name: text("The name."),
      Email: optional(text("The address.")),
      Status: optional(choice("What it is: C for customers.", ["A", "S", "P", "C"])),
    }),
    source: `${reference}?name=CRMAccounts`,
    http: { method: "POST", path: "/{division}/crm/Accounts", result: "d" },
  },
  {
    slug: "list-sales-invoices",
    name: "List sales invoices",
    description: "Lists sales invoices.",
    input: object({ division, select, filter }),
    source: `${reference}?name=SalesInvoiceSalesInvoices`,
    http: { method: "GET", path: "/{division}/salesinvoice/SalesInvoices", params, pagination: pages },
  },
  {
    slug: "create-sales-invoice",
    name: "Create a sales invoice",
    description: "Creates a sales invoice.",
    input: object({
      division,
      OrderedBy: text("The customer's id."),
      Journal: text("The journal's code."),
      SalesInvoiceLines: list("The lines.", { type: "object" }, { minItems: 1 }),
    }),
    source: `${reference}?name=SalesInvoiceSalesInvoices`,
    http: { method: "POST", path: "/{division}/salesinvoice/SalesInvoices", result: "d" },
  },
];
