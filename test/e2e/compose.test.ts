import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { describe, expect, test } from "vitest";
import { readConfig } from "#runtime/config.ts";

interface Service {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly restart?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly networks?: readonly string[];
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}
const compose = parse(readFileSync("docker-compose.yml", "utf8"), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
};
const dockerfile = readFileSync(".docker/Dockerfile", "utf8");
const launcher = readFileSync("runtime/launch.js", "utf8");

describe("docker-compose.yml", () => {
  test("has the two services of the product and what they stand on, each with a health check and a restart policy", () => {
    for (const name of ["api", "worker", "postgres", "redis"]) {
      expect(compose.services[name]?.healthcheck?.test, name).toBeDefined();
      expect(compose.services[name]?.restart, name).toBe("unless-stopped");
    }
  });

  test.each(["api", "worker", "bootstrap"])(
    "runs %s read-only, without capabilities, after its services are healthy",
    (name) => {
      const service = compose.services[name];
      expect(service?.read_only).toBe(true);
      expect(service?.cap_drop).toEqual(["ALL"]);
      expect(service?.depends_on).toEqual({
        postgres: { condition: "service_healthy" },
        redis: { condition: "service_healthy" },
      });
      expect(launcher).toMatch(new RegExp(`\\b${service?.command?.[0] ?? "-"}: "`));
    },
  );

  test("gives each process settings that the product accepts", () => {
    for (const name of ["api", "worker", "bootstrap"]) {
      const given = Object.entries(compose.services[name]?.environment ?? {}).map(([key, value]) => [
        key,
        value
          .replace(/\$\{TENON_MASTER_KEY:\?[^}]*\}/, Buffer.alloc(32).toString("base64"))
          .replace(/\$\{\w+:\?[^}]*\}/, "secret")
          .replace(/\$\{\w+:-([^}]*)\}/, "$1"),
      ]);
      const config = readConfig(Object.fromEntries(given) as NodeJS.ProcessEnv);
      expect(config.databaseUrl).toBe("postgres://tenon:secret@postgres:5432/tenon");
      expect(config.redisUrl).toBe("redis://redis:6379");
    }
  });

  test("keeps the data services away from the outside", () => {
    expect(compose.networks["back"]?.internal).toBe(true);
    for (const name of ["postgres", "redis"]) {
      expect(compose.services[name]?.networks).toEqual(["back"]);
      expect(compose.services[name]?.ports).toBeUndefined();
    }
  });
});

test("the image runs the product as an unprivileged account, and copies only what exists", () => {
  expect(dockerfile).toMatch(/^USER node$/m);
  const allowed = readFileSync(".dockerignore", "utf8")
    .split("\n")
    .filter((line) => line.startsWith("!"));
  for (const [, from = ""] of dockerfile.matchAll(/^COPY (?!--from)(\S+)/gm)) {
    expect(allowed).toContain(`!${from}`);
    expect(existsSync(from), from).toBe(true);
  }
});
