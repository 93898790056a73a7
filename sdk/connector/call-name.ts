/** An action's slug as workflow code spells it: `create-contact` is `createContact`. */
export function callName(slug: string): string {
  return slug.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
