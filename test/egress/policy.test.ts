import { describe, expect, it } from "vitest";
import { addressAllowed, matchesHost, patternFor } from "#runtime/egress/policy.ts";

const matches = (pattern: string, url: string): boolean => matchesHost(pattern, new URL(url));

describe("host patterns", () => {
  it("match the host itself over HTTPS on 443, whatever its spelling", () => {
    for (const url of [
      "https://api.example.com/x",
      "https://API.Example.COM",
      "https://api.example.com:443/",
      "https://api.example.com./",
    ]) {
      expect(matches("api.example.com", url)).toBe(true);
    }
    for (const url of [
      "http://api.example.com/",
      "https://api.example.com:8443/",
      "https://example.com/",
      "https://evil-api.example.com/",
      "https://api.example.com.evil.com/",
      "https://api.example.com@evil.com/",
      "https://evil.com/api.example.com",
      "https://evil.com\\@api.example.com/",
    ]) {
      expect(matches("api.example.com", url)).toBe(false);
    }
  });

  it("match subdomains of any depth, but neither the domain itself nor an address", () => {
    expect(matches("*.example.com", "https://a.example.com")).toBe(true);
    expect(matches("*.example.com", "https://a.b.example.com")).toBe(true);
    expect(matches("*.example.com", "https://example.com")).toBe(false);
    expect(matches("*.example.com", "https://badexample.com")).toBe(false);
    expect(matches("*.0.0.1", "https://127.0.0.1")).toBe(false);
    expect(matches("*.1", "https://127.0.0.1")).toBe(false);
  });

  it("match a port and plain HTTP only where they say so", () => {
    expect(matches("api.example.com:8443", "https://api.example.com:8443")).toBe(true);
    expect(matches("api.example.com:8443", "https://api.example.com")).toBe(false);
    expect(matches("http://api.example.com", "http://api.example.com")).toBe(true);
    expect(matches("http://api.example.com", "https://api.example.com")).toBe(true);
    expect(matches("http://api.example.com", "http://api.example.com:8080")).toBe(false);
    expect(matches("http://127.0.0.1:8080", "http://127.0.0.1:8080")).toBe(true);
    expect(matches("https://api.example.com", "https://api.example.com")).toBe(true);
    expect(matches("https://api.example.com", "http://api.example.com")).toBe(false);
    expect(matches("http://[::1]:8080", "http://[::1]:8080")).toBe(true);
  });

  it("match wildcards at their port only, and never by a suffix", () => {
    const cases: readonly [string, string, boolean][] = [
      ["*.example.com:8443", "https://a.example.com:8443/", true],
      ["*.example.com:8443", "https://a.b.example.com:8443/", true],
      ["*.example.com:8443", "https://A.EXAMPLE.COM.:8443/", true],
      ["*.EXAMPLE.com.:8443", "https://a.example.com:8443/", true],
      ["*.example.com:8443", "https://a.example.com/", false],
      ["*.example.com:8443", "https://example.com:8443/", false],
      ["*.example.com:8443", "https://.example.com:8443/", false],
      ["*.example.com:8443", "http://a.example.com:8443/", false],
      ["http://*.example.com:8080", "http://a.example.com:8080/", true],
      ["http://*.example.com", "http://a.example.com/", true],
      ["http://*.example.com", "http://a.example.com:443/", false],
      ["*.example.com:443", "https://a.example.com/", true],
      ["*.example.com", "https://a.example.com:443/", true],
      ["*.example.com", "https://aexample.com/", false],
      ["*.example.com", "https://a.example.com.evil.test/", false],
      ["*.example.com", "https://evil.test/.example.com", false],
      ["*.example.com", "https://evil.test#.example.com", false],
      ["*.example.com", "https://evil.test?.example.com", false],
      ["*.example.com", "https://evil.test:443\\.example.com/", false],
      ["*.example.com", "https://x@evil.test/", false],
      ["*.bücher.example:8443", "https://a.BÜCHER.example:8443/", true],
      ["*.xn--bcher-kva.example", "https://shop.bücher.example/", true],
      ["*.example。com", "https://a.example.com/", true],
      ["*.xn--p1ai", "https://xn--p1ai/", false],
      ["[::1]:8443", "https://[0:0:0:0:0:0:0:1]:8443/", true],
      ["[::1]:8443", "https://[::1]/", false],
      ["[2001:DB8::5]", "https://[2001:db8:0:0::5]/", true],
      ["[2001:db8::5]", "https://[2001:db8::6]/", false],
      ["2001:db8::5", "https://[2001:db8::5]/", false],
      ["*.[::1]", "https://[::1]/", false],
      ["127.1:8443", "https://127.0.0.1:8443/", true],
    ];
    expect(cases.filter(([pattern, url, wanted]) => matches(pattern, url) !== wanted)).toEqual([]);
  });

  it("compare internationalized names in their one encoded form", () => {
    expect(matches("bücher.example", "https://BÜCHER.example")).toBe(true);
    expect(matches("xn--bcher-kva.example", "https://bücher.example")).toBe(true);
    expect(matches("example.com", "https://еxample.com")).toBe(false);
  });

  it("match nothing when they are malformed", () => {
    for (const pattern of [
      "",
      "*",
      "*.",
      "http://",
      "a b",
      "example.com/path",
      "user@example.com",
      "example.com:99999x",
      "ftp://example.com",
    ]) {
      expect(matches(pattern, "https://example.com")).toBe(false);
    }
  });

  it("are suggested in the form that would allow a destination", () => {
    for (const url of [
      "https://api.example.com",
      "https://api.example.com:8443",
      "http://api.example.com",
      "http://[::1]:1",
    ]) {
      expect(matches(patternFor(new URL(url)), url)).toBe(true);
    }
  });
});

const REFUSED =
  `0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.100.100.200 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1
  172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1
  240.0.0.1 255.255.255.255 168.63.129.16 :: ::1 ::ffff:8.8.8.8 ::ffff:127.0.0.1 ::127.0.0.1 ::ffff:0:127.0.0.1
  64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::1 100::1 2001::1 2001:db8::1 2001:10::1 2001:20::1 2002:7f00:1::
  2002:808:808:: 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 4000::1
  2600::5efe:7f00:1 2600::200:5efe:a00:1 2606:4700::1%eth0`.split(/\s+/);

describe("addresses", () => {
  it("outside the public internet are refused, in every form", () => {
    expect(REFUSED.filter((address) => addressAllowed(address, []))).toEqual([]);
  });

  it("of the public internet are allowed", () => {
    const allowed = [
      "1.1.1.1",
      "8.8.8.8",
      "93.184.216.34",
      "172.32.0.1",
      "2606:4700:4700::1111",
      "2a00:1450:4001::200e",
    ];
    expect(allowed.filter((address) => !addressAllowed(address, []))).toEqual([]);
  });

  it("that are not in canonical form are refused, even inside an allowed network", () => {
    for (const address of ["", "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "127.0.0.1 "]) {
      expect(addressAllowed(address, ["127.0.0.0/8", "0.0.0.0/0"])).toBe(false);
    }
  });

  it("are allowed by the operator's networks, and by nothing that only resembles them", () => {
    expect(addressAllowed("127.0.0.1", ["127.0.0.0/8"])).toBe(true);
    expect(addressAllowed("10.1.2.3", ["127.0.0.0/8", "10.1.0.0/16"])).toBe(true);
    expect(addressAllowed("10.2.2.3", ["10.1.0.0/16"])).toBe(false);
    expect(addressAllowed("::1", ["::1/128"])).toBe(true);
    expect(addressAllowed("::ffff:127.0.0.1", ["127.0.0.0/8"])).toBe(false);
  });
});
