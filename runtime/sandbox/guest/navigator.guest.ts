import { checkBrand, defineInterface, notConstructible } from "./define-interface.guest.ts";

const KEY = Symbol("navigator");

/** Navigator (HTML, section 8.9), of which the common API of servers has the name of the runtime. */
export class Navigator {
  readonly #name: string;

  constructor(...[key]: readonly symbol[]) {
    if (key !== KEY) {
      notConstructible();
    }
    this.#name = "Tenon";
  }

  get userAgent(): string {
    checkBrand(#name in this);
    return this.#name;
  }
}
defineInterface(Navigator, { name: "Navigator" });

/** The `navigator` of the run. */
export const navigator = new Navigator(KEY);
