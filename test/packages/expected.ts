/** What each workflow of this folder answers, by its file. */
export const EXPECTED: Readonly<Record<string, unknown>> = {
  "ajv.ts": [true, false, [" additionalProperties", " required", "/id type"]],
  "bcryptjs.ts": { kind: "$2b$06$", right: true, wrong: false, known: true },
  "big-js.js": { sum: "0.3", third: "0.3333333333", root: "1.41421356237" },
  "cheerio.ts": {
    names: ["Tea", "Coffee"],
    on: 1,
    html: '<li class="on">Tea</li><li data-hot="yes">Coffee</li>',
  },
  "csv-parse.ts": {
    sync: [
      { id: "1", name: "Ada, Countess" },
      { id: "2", name: "Grace" },
    ],
    streamed: [
      { id: 1, name: "Ada, Countess" },
      { id: 2, name: "Grace" },
    ],
  },
  "date-fns.ts": { due: "2026-02-04", german: "Freitag, 30. Januar 2026", days: 28 },
  "dayjs.ts": { tokyo: "2026-01-01 09:00", minutes: 125 },
  "decimal-js.ts": { power: "1.41421356237309504880168872420969807857", random: true, hex: "0xff" },
  "fast-xml-parser.ts": {
    parsed: { order: { item: ["Pen", "Ink & paper"], "@_id": "7" } },
    again: '<order id="7"><item>Pen</item><item>Ink &amp; paper</item></order>',
    broken: true,
  },
  "handlebars.ts": "ADA *GRACE  &lt;b&gt;",
  "ical-js.ts": {
    summary: "Stand-up",
    dates: ["2026-01-05T09:00:00Z", "2026-01-12T09:00:00Z", "2026-01-19T09:00:00Z"],
  },
  "jmespath.js": { who: "Ada" },
  "jose.ts": { scope: "all", kty: "EC", text: "quiet", tampered: "JWSSignatureVerificationFailed" },
  "jsonata.ts": { total: 12, names: "ink", at: 1_767_225_600_000 },
  "jsonwebtoken.js": {
    sub: "ada",
    alg: "HS256",
    refused: "invalid signature",
    // As Node signs it.
    known:
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJhIjoxLCJpYXQiOjF9.uBTZVrJtgR8KSacrfyPCyAQ7k0CxtwtL4t10_vm9ALU",
  },
  "libphonenumber-js.ts": {
    e164: "+4930123456",
    shown: "+49 30 123456",
    typed: "(213) 373-4",
    bad: false,
  },
  "lodash-es.js": {
    grouped: { odd: [1, 3], even: [2, 4] },
    chunks: [[1, 2], [3]],
    merged: { a: { b: 1, c: 2 } },
    text: "Hi Ada",
    calls: 1,
  },
  "luxon.js": { utc: "2026-03-29T10:00:00.000Z", hours: 23, french: "28 mars 2026" },
  "marked.ts":
    "<h1>Title</h1>\n<ul>\n<li><strong>bold</strong> and <code>code</code></li>\n</ul>\n<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody><tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody></table>\n",
  "mustache.js": "a&amp;b=<i>;empty",
  "nanoid.ts": { count: 1_000, lengths: [21], pin: true },
  "p-limit.ts": { results: [2, 4, 6, 8, 10], most: 2 },
  "p-retry.ts": { result: "done", tries: 3, given: "never" },
  "papaparse.js": {
    data: [
      { id: 1, name: "Ada" },
      { id: 2, name: "Grace" },
    ],
    errors: [],
    text: "id,name\r\n1,Ada\r\n2,Grace",
  },
  "uuid.ts": {
    v5: "cfbff0d1-9375-5685-968c-48ce8b15ae17",
    versions: [4, 7],
    valid: true,
    different: true,
    round: "10ba038e-48da-487b-96e8-8d3b99b6d18a",
  },
  "yaml.ts": {
    text: "# kept\nname: Grace\nlangs: [ ts, &x js ]\nalso: *x\n",
    parsed: { a: 1, b: "two\nlines\n" },
    made: "list:\n  - 1\n  - two: true\n",
  },
  "zod.ts": {
    good: { id: "8b0d7c4e-6f8e-4f0e-9b5a-0d6f3c9f8a11", total: 12.5, tags: [] },
    bad: ["id", "total"],
  },
};

/** The same for those that ask the test's server. */
export const RESULTS_OVER_HTTP: Readonly<Record<string, unknown>> = {
  "axios.ts": { data: { got: { name: "Ada" }, from: "axios" }, status: 200, missing: 404 },
  "graphql-request.ts": { user: { name: "Ada", asked: { id: "7" } } },
  "ky.ts": { made: { got: { name: "Ada" }, from: "ky" }, missing: "HTTPError", again: '"at last"' },
};
