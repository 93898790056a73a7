let held = "";

/** Keeps the seed of the random source, 32 bytes in base64, until it is first needed. */
export function setSeed(seed: string): void {
  held = seed;
}

/** Gives the seed, once. */
export function takeSeed(): string {
  const seed = held;
  held = "";
  return seed;
}
