/**
 * A FinalizationRegistry that never calls back, as its standard allows (ECMA-262, 9.9.1): V8 calls it when it
 * collects, which in an isolate that is kept is in the middle of another run.
 */
function silenceRegistries(): void {
  const { prototype } = FinalizationRegistry;
  const { unregister } = Object.getOwnPropertyDescriptors(prototype);
  const { apply } = Reflect;
  const methods = {
    register(this: unknown, target: unknown, heldValue: unknown): void {
      // The engine's own method refuses a receiver that is no registry, and a target that is no object.
      apply(unregister.value as () => boolean, this, [target]);
      if (target === heldValue) {
        throw new TypeError("FinalizationRegistry.prototype.register: target and holdings must not be same");
      }
    },
  };
  const { register } = Object.getOwnPropertyDescriptors(methods);
  Object.defineProperty(prototype, "register", { ...register, enumerable: false });
}

/**
 * Takes away what escapes the isolate's memory limit or shares memory between threads. WebAssembly and
 * SharedArrayBuffer go; ArrayBuffer's constructor, under every
 * name that reaches it, makes no resizable buffer: then `resize` throws on each, and `transfer` keeps them fixed.
 */
export function harden(): void {
  for (const name of ["WebAssembly", "SharedArrayBuffer", "Atomics"]) {
    Reflect.deleteProperty(globalThis, name);
  }
  silenceRegistries();
  const NativeBuffer = ArrayBuffer;
  const isView = NativeBuffer.isView.bind(NativeBuffer);
  const FixedBuffer = function ArrayBuffer(this: unknown, length?: number): ArrayBuffer {
    if (new.target === undefined) {
      throw new TypeError("Constructor ArrayBuffer requires 'new'");
    }
    // The second argument, { maxByteLength }, is dropped: what is made is never resizable.
    return Reflect.construct(NativeBuffer, [length], new.target) as ArrayBuffer;
  };
  const { prototype } = NativeBuffer;
  Object.defineProperty(FixedBuffer, "prototype", { value: prototype, writable: false });
  Object.defineProperty(FixedBuffer, "isView", {
    value: (value: unknown) => isView(value),
    configurable: true,
    writable: true,
  });
  Object.defineProperty(FixedBuffer, Symbol.species, {
    configurable: true,
    get(this: unknown) {
      return this;
    },
  });
  Object.defineProperty(prototype, "constructor", { value: FixedBuffer, configurable: true, writable: true });
  Object.defineProperty(globalThis, "ArrayBuffer", {
    value: FixedBuffer,
    configurable: true,
    writable: true,
  });
}
