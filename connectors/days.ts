/** Days in seconds, in which lifetimes of tokens are given. */
export function days(count: number): number {
  return count * 86_400;
}
