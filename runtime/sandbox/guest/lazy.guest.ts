import type * as Abort from "./abort.guest.ts";
import type * as Clone from "./clone.guest.ts";
import type * as Connections from "./connections.guest.ts";
import type * as Console from "./console.guest.ts";
import type * as Encoding from "./encoding.guest.ts";
import type * as Fetch from "./fetch.guest.ts";
import type * as GlobalEvents from "./global-events.guest.ts";
import type * as Headers from "./headers.guest.ts";
import type * as CryptoJobs from "./crypto-jobs.guest.ts";
import type * as CryptoKeys from "./crypto-key.guest.ts";
import type * as NavigatorApi from "./navigator.guest.ts";
import type * as PerformanceApi from "./performance.guest.ts";
import type * as Random from "./random.guest.ts";
import type * as Secrets from "./secrets.guest.ts";
import type * as Subtle from "./subtle.guest.ts";
import type * as Timers from "./timers.guest.ts";
import type * as Exceptions from "./dom-exception.guest.ts";
import type * as Events from "./event.guest.ts";
import type * as Targets from "./event-target.guest.ts";
import type * as Blobs from "./blob.guest.ts";
import type * as BlobUrls from "./blob-url.guest.ts";
import type * as Compression from "./compression.guest.ts";
import type * as Forms from "./form-data.guest.ts";
import type * as Multipart from "./multipart.guest.ts";
import type * as Streams from "./streams.guest.ts";
import type * as TextStreams from "./text-streams.guest.ts";
import type * as BodyForms from "./body-forms.guest.ts";
import type * as LocalUrls from "./local-urls.guest.ts";
import type * as Requests from "./request.guest.ts";
import type * as Responses from "./response.guest.ts";
import type * as MessageEvents from "./message-event.guest.ts";
import type * as Channels from "./message-channel.guest.ts";
import type * as WebSockets from "./web-socket.guest.ts";
import type * as Integrity from "./integrity.guest.ts";
import type * as Url from "./url.guest.ts";
import type * as UrlPattern from "./url-pattern.guest.ts";

/**
 * Modules that most runs never touch: each is evaluated when it is first asked for. The bundler turns `require`
 * into a function that evaluates once; there is no other module loader in an isolate.
 */
interface Modules {
  "./abort.guest.ts": typeof Abort;
  "./clone.guest.ts": typeof Clone;
  "./connections.guest.ts": typeof Connections;
  "./console.guest.ts": typeof Console;
  "./encoding.guest.ts": typeof Encoding;
  "./fetch.guest.ts": typeof Fetch;
  "./global-events.guest.ts": typeof GlobalEvents;
  "./headers.guest.ts": typeof Headers;
  "./crypto-jobs.guest.ts": typeof CryptoJobs;
  "./crypto-key.guest.ts": typeof CryptoKeys;
  "./subtle.guest.ts": typeof Subtle;
  "./navigator.guest.ts": typeof NavigatorApi;
  "./performance.guest.ts": typeof PerformanceApi;
  "./random.guest.ts": typeof Random;
  "./secrets.guest.ts": typeof Secrets;
  "./timers.guest.ts": typeof Timers;
  "./dom-exception.guest.ts": typeof Exceptions;
  "./event.guest.ts": typeof Events;
  "./event-target.guest.ts": typeof Targets;
  "./blob.guest.ts": typeof Blobs;
  "./blob-url.guest.ts": typeof BlobUrls;
  "./compression.guest.ts": typeof Compression;
  "./form-data.guest.ts": typeof Forms;
  "./multipart.guest.ts": typeof Multipart;
  "./streams.guest.ts": typeof Streams;
  "./text-streams.guest.ts": typeof TextStreams;
  "./body-forms.guest.ts": typeof BodyForms;
  "./local-urls.guest.ts": typeof LocalUrls;
  "./request.guest.ts": typeof Requests;
  "./response.guest.ts": typeof Responses;
  "./message-event.guest.ts": typeof MessageEvents;
  "./message-channel.guest.ts": typeof Channels;
  "./web-socket.guest.ts": typeof WebSockets;
  "./integrity.guest.ts": typeof Integrity;
  "./url.guest.ts": typeof Url;
  "./url-pattern.guest.ts": typeof UrlPattern;
}

declare const require: <Path extends keyof Modules>(path: Path) => Modules[Path];

/** One function per lazy module. */
export const lazy = {
  abort: () => require("./abort.guest.ts"),
  clone: () => require("./clone.guest.ts"),
  connections: () => require("./connections.guest.ts"),
  console: () => require("./console.guest.ts"),
  encoding: () => require("./encoding.guest.ts"),
  fetch: () => require("./fetch.guest.ts"),
  globalEvents: () => require("./global-events.guest.ts"),
  headers: () => require("./headers.guest.ts"),
  cryptoJobs: () => require("./crypto-jobs.guest.ts"),
  cryptoKey: () => require("./crypto-key.guest.ts"),
  subtle: () => require("./subtle.guest.ts"),
  navigator: () => require("./navigator.guest.ts"),
  performance: () => require("./performance.guest.ts"),
  random: () => require("./random.guest.ts"),
  secrets: () => require("./secrets.guest.ts"),
  timers: () => require("./timers.guest.ts"),
  domException: () => require("./dom-exception.guest.ts"),
  event: () => require("./event.guest.ts"),
  eventTarget: () => require("./event-target.guest.ts"),
  blob: () => require("./blob.guest.ts"),
  blobUrl: () => require("./blob-url.guest.ts"),
  compression: () => require("./compression.guest.ts"),
  formData: () => require("./form-data.guest.ts"),
  multipart: () => require("./multipart.guest.ts"),
  streams: () => require("./streams.guest.ts"),
  textStreams: () => require("./text-streams.guest.ts"),
  bodyForms: () => require("./body-forms.guest.ts"),
  localUrls: () => require("./local-urls.guest.ts"),
  request: () => require("./request.guest.ts"),
  response: () => require("./response.guest.ts"),
  messageEvent: () => require("./message-event.guest.ts"),
  messageChannel: () => require("./message-channel.guest.ts"),
  webSocket: () => require("./web-socket.guest.ts"),
  integrity: () => require("./integrity.guest.ts"),
  url: () => require("./url.guest.ts"),
  urlPattern: () => require("./url-pattern.guest.ts"),
};
