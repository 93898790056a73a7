const HOST = /^https?:\/\/(?:[a-z0-9][a-z0-9-]*\.)*[a-z][a-z0-9-]*(?::(?!(?:80|443)\/)[1-9]\d{0,3})?\//;
const REST = /^[A-Za-z0-9\-._~!$&()*+,;=:@/%]*(?:\?[A-Za-z0-9\-._~!$&()*+,;=:@/%?[\]]*)?$/;
const DOTS = /\/(?:\.|%2e)/i;

/**
 * Whether a text is the URL that the parser of the URL Standard would make of it, so that it need not be asked, nor
 * evaluated: most URLs that are fetched are. False for all that is not plain to see.
 */
export function isCanonicalUrl(text: string): boolean {
  const [start] = HOST.exec(text) ?? [];
  return (
    start !== undefined && !start.includes("--") && REST.test(text.slice(start.length)) && !DOTS.test(text)
  );
}
