import { defineWorkflow } from "tenon";
import { z } from "zod";

const invoice = z.object({ id: z.string(), total: z.number(), currency: z.string().length(3) });

/**
 * Copies one invoice from an ERP to a ledger. The two keys are placeholders here: their values are put on the
 * wire outside the isolate, each only towards the host that it is bound to.
 */
export default defineWorkflow(
  {
    slug: "sync-invoice",
    tier: "standard",
    timeout: "2m",
    input: z.object({ invoiceId: z.string().min(1) }),
    needs: {
      secrets: { ERP_KEY: {}, LEDGER_KEY: {} },
      variables: { LEDGER_BOOK: {} },
      egress: ["erp.example.com", "ledger.example.com"],
    },
  },
  async (ctx, { invoiceId }) => {
    const source = await ctx.fetch(`https://erp.example.com/invoices/${encodeURIComponent(invoiceId)}`, {
      headers: { authorization: `Bearer ${ctx.secrets.ERP_KEY}` },
    });
    if (!source.ok) {
      throw new Error(`The ERP answered ${String(source.status)} for the invoice ${invoiceId}.`);
    }
    const { id, total, currency } = invoice.parse(await source.json());
    const booked = await ctx.fetch("https://ledger.example.com/entries", {
      method: "POST",
      headers: {
        authorization: `Bearer ${ctx.secrets.LEDGER_KEY}`,
        "content-type": "application/json",
        // The run's id is the same in every attempt: a retry books nothing twice.
        "idempotency-key": ctx.run.id,
      },
      body: JSON.stringify({ book: ctx.variables.LEDGER_BOOK, invoice: id, total, currency }),
    });
    if (!booked.ok) {
      throw new Error(`The ledger answered ${String(booked.status)} for the invoice ${invoiceId}.`);
    }
    ctx.log.info("invoice booked", { invoiceId, total, currency });
    return { invoiceId, booked: true };
  },
);
