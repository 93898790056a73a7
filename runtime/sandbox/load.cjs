// The door of a sandbox process: its program comes from the worker by standard input. Plain JavaScript, so that
// Node need not bring its compiler for types.
const { readFileSync } = require("node:fs");
const { compileFunction } = require("node:vm");

const STANDARD_INPUT = 0;
compileFunction(readFileSync(STANDARD_INPUT, "utf8"), ["require"], { filename: "tenon:sandbox" })(require);
