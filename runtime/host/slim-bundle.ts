/** How esbuild's helpers call a module: by the one name in the object that it comes in. */
const CALLS = [
  ["(0,fn[__getOwnPropNames(fn)[0]])", "fn"],
  ["(0,cb[__getOwnPropNames(cb)[0]])", "cb"],
] as const;
/** Helpers that run when guest code may have put names on Object.prototype already: they read own names only. */
const HELPERS = [
  ["for(var name in all)", "for(var name of __getOwnPropNames(all))"],
  ["{get:all[name],", "{__proto__:null,get:all[name],"],
  ["{get:()=>from[key],", "{__proto__:null,get:()=>from[key],"],
  ['"__esModule",{value', '"__esModule",{__proto__:null,value'],
] as const;
const MODULE = /\b(__esm|__commonJS)\(\{"[^"\n]+"\(([\w$,]*)\)\{/g;
const EXPORTS = /\b__export\(([\w$]+),(\{[\w$,:()=>]*\})\);/g;

/**
 * What esbuild wrote, with less to do when it is evaluated: in a new context every object of a new shape costs
 * microseconds, and esbuild makes one for each module, to give it a name in profiles, and one for each module's
 * exports. Here modules are plain functions, and exports are listed when the module is first required.
 */
export function slimBundle(code: string): string {
  const guarded = HELPERS.reduce((text, [plain, own]) => text.replaceAll(plain, own), code);
  return listExportsLate(unwrapModules(guarded));
}

function unwrapModules(code: string): string {
  if (!CALLS.every(([call]) => code.split(call).length === 2)) {
    // Another esbuild than we know: what it wrote is right, and only slower.
    return code;
  }
  const called = CALLS.reduce((text, [call, name]) => text.replace(call, name), code);
  return called.replaceAll(MODULE, "$1(($2)=>{{");
}

function listExportsLate(code: string): string {
  const late = new Set<string>();
  const listed = code.replaceAll(EXPORTS, (whole, name: string, getters: string) => {
    if (count(code, name) !== count(code, `__toCommonJS(${name})`) + 2) {
      // Used for something else than being required.
      return whole;
    }
    late.add(name);
    return `var list_${name}=()=>(list_${name}=()=>${name},__export(${name},${getters}),${name});`;
  });
  return listed.replaceAll(/__toCommonJS\(([\w$]+)\)/g, (whole, name: string) =>
    late.has(name) ? `__toCommonJS(list_${name}())` : whole,
  );
}

/** How often a name or call stands in the code, not as a part of a longer name. */
function count(code: string, text: string): number {
  const escaped = text.replaceAll(/[$()]/g, "\\$&");
  return [...code.matchAll(new RegExp(`(?<![\\w$])${escaped}(?![\\w$])`, "g"))].length;
}
