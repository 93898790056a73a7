// What the bundler puts where a file names Node's globals without importing them.
export { Buffer } from "node:buffer";
export { default as process } from "node:process";
