/** The class that the engine knows a value by. */
const tag = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);
const is =
  (...names: readonly string[]) =>
  (value: unknown): boolean =>
    typeof value === "object" && value !== null && names.includes(tag(value));
const viewOf = (value: unknown): string | undefined =>
  ArrayBuffer.isView(value) && !(value instanceof DataView) ? tag(value) : undefined;

/** `node:util/types`. */
export const exported = {
  isAnyArrayBuffer: is("ArrayBuffer", "SharedArrayBuffer"),
  isArrayBuffer: is("ArrayBuffer"),
  isSharedArrayBuffer: is("SharedArrayBuffer"),
  isArrayBufferView: (value: unknown): boolean => ArrayBuffer.isView(value),
  isTypedArray: (value: unknown): boolean => viewOf(value) !== undefined,
  ...Object.fromEntries(
    [
      "Int8Array",
      "Uint8Array",
      "Uint8ClampedArray",
      "Int16Array",
      "Uint16Array",
      "Int32Array",
      "Uint32Array",
      "Float32Array",
      "Float64Array",
      "BigInt64Array",
      "BigUint64Array",
    ].map((name) => [`is${name}`, (value: unknown) => viewOf(value) === name]),
  ),
  isDataView: is("DataView"),
  isDate: is("Date"),
  isRegExp: is("RegExp"),
  isMap: is("Map"),
  isSet: is("Set"),
  isWeakMap: is("WeakMap"),
  isWeakSet: is("WeakSet"),
  isPromise: is("Promise"),
  isMapIterator: is("Map Iterator"),
  isSetIterator: is("Set Iterator"),
  isGeneratorObject: is("Generator", "AsyncGenerator"),
  isNativeError: (value: unknown): boolean => value instanceof Error,
  isAsyncFunction: (value: unknown): boolean => typeof value === "function" && tag(value).startsWith("Async"),
  isGeneratorFunction: (value: unknown): boolean =>
    typeof value === "function" && tag(value).endsWith("GeneratorFunction"),
  isArgumentsObject: is("Arguments"),
  isBoxedPrimitive: (value: unknown): boolean =>
    typeof value === "object" &&
    value !== null &&
    ["Number", "String", "Boolean", "Symbol", "BigInt"].includes(tag(value)),
  isNumberObject: is("Number"),
  isStringObject: is("String"),
  isBooleanObject: is("Boolean"),
  isSymbolObject: is("Symbol"),
  isBigIntObject: is("BigInt"),
  isProxy: (): boolean => false,
  isExternal: (): boolean => false,
  isModuleNamespaceObject: is("Module"),
  isKeyObject: (value: unknown): boolean =>
    typeof value === "object" && value !== null && value.constructor.name === "KeyObject",
  isCryptoKey: is("CryptoKey"),
};
