import { afterAll, beforeAll, expect, test } from "vitest";
import { VENDOR_APP, startVendor, vendorConnector } from "#test/api/vendor.ts";
import type { Vendor } from "#test/api/vendor.ts";
import { eventually, startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";

let product: Product;
let vendor: Vendor;
beforeAll(async () => {
  [product, vendor] = await Promise.all([startProduct(), startVendor()]);
  await product.call("POST", "/connectors", { definition: vendorConnector(vendor) });
  await product.call("POST", "/oauth-apps", { connector: "vendor", ...VENDOR_APP });
});
afterAll(async () => {
  await product.close();
  await vendor.close();
});

test("a worker ends the tokens of a deleted customer at their provider", async () => {
  await product.call("POST", "/customers", { slug: "acme" });
  for (const user of ["ada", "bob", "eve"]) {
    const { status } = await product.call("POST", "/connections", {
      connector: "vendor",
      environment: "development",
      customer: "acme",
      user,
      method: "app",
    });
    expect(status).toBe(201);
  }
  expect(vendor.tokens.size).toBe(3);
  expect((await product.call("DELETE", "/customers/acme")).status).toBe(204);
  await eventually("no token is left", async () => Promise.resolve(vendor.tokens.size === 0));
});
