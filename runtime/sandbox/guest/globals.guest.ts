import { defineProperty } from "./primordials.guest.ts";
import { lazy } from "./lazy.guest.ts";
import { reportUncaught } from "./uncaught.guest.ts";

const resolved = Promise.resolve();

/** The web's globals: what each is, computed when it is first read. */
const GLOBALS: Readonly<Record<string, () => unknown>> = {
  AbortController: () => lazy.abort().AbortController,
  AbortSignal: () => lazy.abort().AbortSignal,
  Crypto: () => lazy.random().Crypto,
  CryptoKey: () => lazy.cryptoKey().CryptoKey,
  CustomEvent: () => lazy.event().CustomEvent,
  DOMException: () => lazy.domException().DOMException,
  Event: () => lazy.event().Event,
  EventTarget: () => lazy.eventTarget().EventTarget,
  Headers: () => lazy.headers().Headers,
  Request: () => lazy.request().Request,
  Response: () => lazy.response().Response,
  SubtleCrypto: () => lazy.subtle().SubtleCrypto,
  TextDecoder: () => lazy.encoding().TextDecoder,
  TextEncoder: () => lazy.encoding().TextEncoder,
  URL: () => lazy.url().URL,
  URLPattern: () => lazy.urlPattern().URLPattern,
  URLSearchParams: () => lazy.url().URLSearchParams,
  WebSocket: () => lazy.webSocket().WebSocket,
  atob: () => lazy.encoding().atob,
  btoa: () => lazy.encoding().btoa,
  clearImmediate: () => lazy.timers().timers.clearImmediate,
  clearInterval: () => lazy.timers().timers.clearInterval,
  clearTimeout: () => lazy.timers().timers.clearTimeout,
  console: () => lazy.console().makeConsole(),
  crypto: () => lazy.random().crypto,
  fetch: () => lazy.fetch().fetch,
  Performance: () => lazy.performance().Performance,
  PerformanceEntry: () => lazy.performance().PerformanceEntry,
  PerformanceMark: () => lazy.performance().PerformanceMark,
  PerformanceMeasure: () => lazy.performance().PerformanceMeasure,
  PerformanceObserver: () => lazy.performance().PerformanceObserver,
  PerformanceObserverEntryList: () => lazy.performance().PerformanceObserverEntryList,
  performance: () => lazy.performance().performance,
  queueMicrotask: () => queueMicrotask,
  addEventListener: () => lazy.globalEvents().addEventListener,
  dispatchEvent: () => lazy.globalEvents().dispatchEvent,
  removeEventListener: () => lazy.globalEvents().removeEventListener,
  reportError: () => lazy.globalEvents().reportError,
  Navigator: () => lazy.navigator().Navigator,
  navigator: () => lazy.navigator().navigator,
  self: () => globalThis,
  setImmediate: () => lazy.timers().timers.setImmediate,
  setInterval: () => lazy.timers().timers.setInterval,
  setTimeout: () => lazy.timers().timers.setTimeout,
  structuredClone: () => lazy.clone().structuredClone,
  Blob: () => lazy.blob().Blob,
  ByteLengthQueuingStrategy: () => lazy.streams().ByteLengthQueuingStrategy,
  CompressionStream: () => lazy.compression().CompressionStream,
  CountQueuingStrategy: () => lazy.streams().CountQueuingStrategy,
  DecompressionStream: () => lazy.compression().DecompressionStream,
  File: () => lazy.blob().File,
  FormData: () => lazy.formData().FormData,
  ReadableByteStreamController: () => lazy.streams().ReadableByteStreamController,
  ReadableStream: () => lazy.streams().ReadableStream,
  ReadableStreamBYOBReader: () => lazy.streams().ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest: () => lazy.streams().ReadableStreamBYOBRequest,
  ReadableStreamDefaultController: () => lazy.streams().ReadableStreamDefaultController,
  ReadableStreamDefaultReader: () => lazy.streams().ReadableStreamDefaultReader,
  TransformStream: () => lazy.streams().TransformStream,
  TransformStreamDefaultController: () => lazy.streams().TransformStreamDefaultController,
  WritableStream: () => lazy.streams().WritableStream,
  WritableStreamDefaultController: () => lazy.streams().WritableStreamDefaultController,
  WritableStreamDefaultWriter: () => lazy.streams().WritableStreamDefaultWriter,
  TextDecoderStream: () => lazy.textStreams().TextDecoderStream,
  TextEncoderStream: () => lazy.textStreams().TextEncoderStream,
  ErrorEvent: () => lazy.messageEvent().ErrorEvent,
  MessageEvent: () => lazy.messageEvent().MessageEvent,
  PromiseRejectionEvent: () => lazy.messageEvent().PromiseRejectionEvent,
  MessageChannel: () => lazy.messageChannel().MessageChannel,
  MessagePort: () => lazy.messageChannel().MessagePort,
};

/** Event handlers of `globalThis`. No rejection is ever told to the last two: the engine does not tell us. */
const HANDLERS = ["error", "rejectionhandled", "unhandledrejection"];

/** queueMicrotask (HTML, section 8.7). */
function queueMicrotask(callback: unknown): void {
  if (typeof callback !== "function") {
    throw new TypeError("The callback must be a function.");
  }
  void callSoon(callback as () => unknown);
}

async function callSoon(callback: () => unknown): Promise<void> {
  await resolved;
  try {
    callback();
  } catch (error) {
    reportUncaught(error);
  }
}

/** The bundler calls a class otherwise when two files have one of that name. */
function nameAs(name: string, value: unknown): void {
  if (typeof value === "function" && value.name !== name) {
    defineProperty(value, "name", { __proto__: null, value: name, configurable: true } as PropertyDescriptor);
  }
}

function settle(name: string, value: unknown): void {
  defineProperty(globalThis, name, {
    __proto__: null,
    value,
    configurable: true,
    writable: true,
    enumerable: false,
  } as PropertyDescriptor);
}

/** Puts the globals in place: accessors that become plain values when they are read or set. */
export function installGlobals(): void {
  for (const name in GLOBALS) {
    const make = GLOBALS[name];
    Object.defineProperty(globalThis, name, {
      configurable: true,
      enumerable: false,
      get: () => {
        const value = make?.();
        nameAs(name, value);
        settle(name, value);
        return value;
      },
      set: (value: unknown) => {
        settle(name, value);
      },
    });
  }
  for (const type of HANDLERS) {
    Object.defineProperty(globalThis, `on${type}`, {
      configurable: true,
      enumerable: true,
      get: () => lazy.globalEvents().handlerOf(type),
      set: (value: unknown) => {
        lazy.globalEvents().setHandler(type, value);
      },
    });
  }
}
