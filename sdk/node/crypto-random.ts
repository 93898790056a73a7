const MOST = 65_536;
type Callback<Value> = (error: Error | null, value?: Value) => void;
type View = ArrayBufferView;

function fill(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += MOST) {
    globalThis.crypto.getRandomValues(bytes.subarray(at, at + MOST) as Uint8Array<ArrayBuffer>);
  }
}

/** `crypto.randomBytes`. */
export function randomBytes(size: number, callback?: Callback<Buffer>): Buffer | undefined {
  const bytes = Buffer.alloc(size);
  fill(bytes);
  if (callback === undefined) {
    return bytes;
  }
  queueMicrotask(() => {
    callback(null, bytes);
  });
  return undefined;
}

/** `crypto.randomFillSync`. */
export function randomFillSync<Target extends View>(target: Target, offset = 0, size?: number): Target {
  const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
  fill(bytes.subarray(offset, size === undefined ? undefined : offset + size));
  return target;
}

/** `crypto.randomFill`. */
export function randomFill(target: View, ...rest: readonly unknown[]): void {
  const callback = rest.at(-1) as Callback<View>;
  const [offset, size] = rest.slice(0, -1) as (number | undefined)[];
  randomFillSync(target, offset, size);
  queueMicrotask(() => {
    callback(null, target);
  });
}

/** `crypto.randomInt`: every value of the range is as likely as another. */
export function randomInt(...given: readonly unknown[]): number | undefined {
  const callback = typeof given.at(-1) === "function" ? (given.at(-1) as Callback<number>) : null;
  const numbers = given.filter((value) => typeof value === "number");
  const [from, to] = numbers.length < 2 ? [0, numbers[0] ?? Number.NaN] : [numbers[0] ?? 0, numbers[1] ?? 0];
  const range = to - from;
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || range <= 0 || range >= 2 ** 48) {
    throw Object.assign(new RangeError("The range of randomInt must be positive and less than 2^48."), {
      code: "ERR_OUT_OF_RANGE",
    });
  }
  const value = from + below(range);
  if (callback === null) {
    return value;
  }
  queueMicrotask(() => {
    callback(null, value);
  });
  return undefined;
}

function below(range: number): number {
  const bytes = Buffer.alloc(6);
  for (;;) {
    fill(bytes);
    const drawn = bytes.readUIntBE(0, 6);
    if (drawn < 2 ** 48 - (2 ** 48 % range)) {
      return drawn % range;
    }
  }
}
