import { refuse } from "./not-available.ts";

/** `node:perf_hooks`: the web's half of it. */
export const exported = {
  performance: globalThis.performance,
  constants: {},
  PerformanceObserver: refuse("perf_hooks.PerformanceObserver", "there is nothing to observe."),
  monitorEventLoopDelay: refuse("perf_hooks.monitorEventLoopDelay", "there is nothing to observe."),
};
