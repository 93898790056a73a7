/** The part of whatwg-url that installs its interfaces on an object of the caller's; the package has no types. */
declare module "whatwg-url/webidl2js-wrapper.js" {
  interface Installable {
    install(realm: object, globalNames: readonly string[]): void;
  }
  export const URL: Installable;
  export const URLSearchParams: Installable;
}
