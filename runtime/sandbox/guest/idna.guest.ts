/** The mapping of internationalized names by Unicode's table, which is large: see `guest-bundle.ts`. */
interface Tr46 {
  toASCII(domain: string, options: object): string | null;
}

declare const require: (name: "tr46") => Tr46;

// oxlint-disable-next-line no-control-regex -- ASCII begins with control characters
const PLAIN = /^[\x00-\x7f]*$/;
const PUNYCODE = /(?:^|\.)xn--/i;

/**
 * What whatwg-url finds under the name of tr46: domain to ASCII (Unicode TS 46, section 4.2). For a name in ASCII
 * without Punycode that is lower case; only for others the table is loaded.
 */
export function toASCII(domain: string, options: { readonly useSTD3ASCIIRules?: boolean }): string | null {
  return PLAIN.test(domain) && !PUNYCODE.test(domain) && options.useSTD3ASCIIRules !== true
    ? domain.toLowerCase()
    : require("tr46").toASCII(domain, options);
}
