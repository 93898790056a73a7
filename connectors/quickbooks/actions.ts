import { list, number, object, optional, part, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const reference = "https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities";
const scopes = ["com.intuit.quickbooks.accounting"];
const requestid = optional(text("Stays the same when the request is repeated, so that it is done once."));
const once = { requestid: { in: "query" } } as const;
const ref = (what: string) => part(`The ${what}.`, { value: text("Its id.") });

export const actions: ActionInput[] = [
  {
    slug: "query",
    name: "Query",
    description: "Finds records of any kind; page with startposition and maxresults in the query.",
    input: object({ query: text("Such as select * from Invoice where Balance > '0' maxresults 100.") }),
    scopes,
    source:
      "https://developer.intuit.com/app/developer/qbo/docs/learn/explore-the-quickbooks-online-api/data-queries",
    http: { method: "GET", path: "/query", result: "QueryResponse" },
  },
  {
    slug: "get-invoice",
    name: "Get an invoice",
    description: "Reads an invoice.",
    input: object({ invoiceId: text("The invoice's id.") }),
    scopes,
    source: `${reference}/invoice`,
    http: { method: "GET", path: "/invoice/{invoiceId}", result: "Invoice" },
  },
  {
    slug: "create-invoice",
    name: "Create an invoice",
    description: "Creates an invoice.",
    input: object({
      CustomerRef: ref("customer"),
      Line: list("The lines.", { type: "object" }, { minItems: 1 }),
      DueDate: optional(text("When it is due (date).")),
      DocNumber: optional(text("Its number.")),
      requestid,
    }),
    scopes,
    source: `${reference}/invoice`,
    http: { method: "POST", path: "/invoice", params: once, result: "Invoice" },
  },
  {
    slug: "create-customer",
    name: "Create a customer",
    description: "Creates a customer.",
    input: object({
      DisplayName: text("The name; no other customer may have it."),
      PrimaryEmailAddr: optional(part("The address.", { Address: text("The e-mail address.") })),
      CompanyName: optional(text("The company.")),
      requestid,
    }),
    scopes,
    source: `${reference}/customer`,
    http: { method: "POST", path: "/customer", params: once, result: "Customer" },
  },
  {
    slug: "create-payment",
    name: "Create a payment",
    description: "Records a payment of a customer.",
    input: object({
      CustomerRef: ref("customer"),
      TotalAmt: number("The amount."),
      Line: optional(list("Which invoices it pays.", { type: "object" })),
      requestid,
    }),
    scopes,
    source: `${reference}/payment`,
    http: { method: "POST", path: "/payment", params: once, result: "Payment" },
  },
  {
    slug: "get-profit-and-loss",
    name: "Get the profit and loss report",
    description: "Reads the report of a time.",
    input: object({ start_date: text("From (date)."), end_date: text("To (date).") }),
    scopes,
    source: `${reference}/profitandloss`,
    http: { method: "GET", path: "/reports/ProfitAndLoss" },
  },
];
