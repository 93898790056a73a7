import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { isIP } from "node:net";
import type { LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";
import { Agent, buildConnector } from "undici";
import { ForbiddenError } from "#runtime/errors.ts";
import { addressAllowed } from "./policy.ts";

const CONNECT_TIMEOUT_MS = 10_000;
const HEADERS_TIMEOUT_MS = 60_000;
const BODY_TIMEOUT_MS = 300_000;
const CONNECTIONS_PER_ORIGIN = 256;

/** What a process may dial. */
export interface DialPolicy {
  /** CIDRs that are reached although they are private. */
  readonly allow: readonly string[];
  /** Certificate authorities (PEM) that are trusted instead of the system's: for tests with own servers. */
  readonly ca?: string;
  /** Presented to whoever asks for one in the handshake. */
  readonly clientCertificate?: ClientCertificate;
}

/** A certificate with its private key, both PEM. */
export interface ClientCertificate {
  readonly certificate: string;
  readonly key: string;
}

/**
 * The dispatcher of every outbound byte. Each new connection resolves its host, checks every address, and dials
 * only what was checked, so a name that changes its answer in between gains nothing. Connections are kept per
 * origin; the policy is constant for the process, so a kept one was dialled under the same rules. Plain
 * `Agent`: proxies of the process environment are never used. HTTP/1.1 only.
 */
export function createAgent(policy: DialPolicy): Agent {
  return new Agent({
    allowH2: false,
    connections: CONNECTIONS_PER_ORIGIN,
    headersTimeout: HEADERS_TIMEOUT_MS,
    bodyTimeout: BODY_TIMEOUT_MS,
    connect: (options, callback) => {
      void dialInto(policy, options, callback);
    },
  });
}

type DialOptions = Parameters<buildConnector.connector>[0];
type Socket = NonNullable<Parameters<buildConnector.Callback>[1]>;

async function dialInto(
  policy: DialPolicy,
  options: DialOptions,
  callback: buildConnector.Callback,
): Promise<void> {
  let socket: Socket;
  try {
    socket = await dial(policy, options);
  } catch (error) {
    callback(error instanceof Error ? error : new Error("The dial failed."), null);
    return;
  }
  callback(null, socket);
}

async function dial(policy: DialPolicy, options: DialOptions): Promise<Socket> {
  const name = options.hostname.replace(/^\[|\]$/g, "");
  const deadline = performance.now() + CONNECT_TIMEOUT_MS;
  const addresses = await resolve(name);
  if (!addresses.every(({ address }) => addressAllowed(address, policy.allow))) {
    throw addressError(name);
  }
  const connect = buildConnector({
    allowH2: false,
    maxCachedSessions: 0,
    timeout: Math.max(1, deadline - performance.now()),
    autoSelectFamily: true,
    lookup: answerWith(addresses),
    ...(policy.ca === undefined ? {} : { ca: policy.ca }),
    ...(policy.clientCertificate === undefined
      ? {}
      : { cert: policy.clientCertificate.certificate, key: policy.clientCertificate.key }),
  });
  const socket = await new Promise<Socket>((fulfil, reject) => {
    const servername = isIP(name) === 0 && options.protocol === "https:" ? name : "";
    connect({ ...options, hostname: name, servername }, (...[error, connected]) => {
      if (error === null) {
        fulfil(connected);
      } else {
        reject(error);
      }
    });
  });
  // A second lock: the kernel's own word on whom we talk to.
  if (!addresses.some(({ address }) => sameAddress(address, socket.remoteAddress))) {
    socket.destroy();
    throw addressError(name);
  }
  return socket;
}

/** Every address of a name, as the system resolves it (hosts file included); a literal is its own address. */
async function resolve(name: string): Promise<LookupAddress[]> {
  const timeout = AbortSignal.timeout(CONNECT_TIMEOUT_MS);
  const addresses = await Promise.race([
    lookup(name, { all: true }),
    once(timeout, "abort").then(() => {
      throw Object.assign(new Error("The name was not resolved in time."), { code: "EAI_AGAIN" });
    }),
  ]);
  if (addresses.length === 0) {
    throw Object.assign(new Error("The name has no address."), { code: "ENOTFOUND" });
  }
  return addresses;
}

/** A resolver that knows one answer: what was checked is what is dialled. */
function answerWith(addresses: readonly LookupAddress[]): LookupFunction {
  return (_name, options, callback) => {
    const [first] = addresses;
    if (options.all === true) {
      callback(null, [...addresses]);
    } else {
      callback(null, first?.address ?? "", first?.family);
    }
  };
}

function sameAddress(checked: string, dialled: string | undefined): boolean {
  return dialled !== undefined && ipaddr.parse(checked).toString() === ipaddr.parse(dialled).toString();
}

function addressError(name: string): ForbiddenError {
  return new ForbiddenError(
    `The host ${name} has an address that is not on the public internet (private, loopback, link-local or reserved), so it is not dialled. The operator can allow its network with TENON_EGRESS_ALLOW.`,
    "TENON_EGRESS_ADDRESS",
  );
}
