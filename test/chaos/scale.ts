/** `npm run chaos` goes the whole way. As a part of `npm test` the same scenarios run smaller. */
export const FULL = process.env["TENON_CHAOS_SCALE"] === "full";
