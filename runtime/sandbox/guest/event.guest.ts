import {
  asDictionary,
  asDomString,
  checkBrand,
  defineInterface,
  requireArguments,
} from "./define-interface.guest.ts";

/** What the dispatch of an event keeps in it; read and written by event-target.guest.ts. */
export interface EventState {
  type: string;
  bubbles: boolean;
  cancelable: boolean;
  target: object | null;
  currentTarget: object | null;
  phase: 0 | 2;
  initialized: boolean;
  trusted: boolean;
  dispatching: boolean;
  stopped: boolean;
  stoppedAtOnce: boolean;
  passive: boolean;
  canceled: boolean;
}

const CONSTANTS = { NONE: 0, CAPTURING_PHASE: 1, AT_TARGET: 2, BUBBLING_PHASE: 3 };

/** The state of an event, for the dispatch; undefined for what is no event. */
export let eventState: (event: unknown) => EventState | undefined;
const { isTrusted } = Object.getOwnPropertyDescriptors({
  get isTrusted() {
    const state = eventState(this);
    checkBrand(state !== undefined);
    return state?.trusted ?? false;
  },
});
// A legacy unforgeable attribute is each event's own (Web IDL, section 3.3.9).
const TRUSTED = { ...isTrusted, configurable: false, enumerable: true };

/** Event (DOM, section 2.2). */
export class Event {
  readonly #state: EventState;
  readonly #composed: boolean;
  readonly #timeStamp = globalThis.performance.now();

  static {
    eventState = (event) =>
      typeof event === "object" && event !== null && #state in event ? event.#state : undefined;
  }

  constructor(type: unknown, init?: unknown) {
    requireArguments(arguments.length, 1, "Event");
    const name = asDomString(type);
    const options = asDictionary(init, "The options of an event");
    this.#state = {
      type: name,
      bubbles: Boolean(options.bubbles),
      cancelable: Boolean(options.cancelable),
      target: null,
      currentTarget: null,
      phase: 0,
      initialized: true,
      trusted: false,
      dispatching: false,
      stopped: false,
      stoppedAtOnce: false,
      passive: false,
      canceled: false,
    };
    this.#composed = Boolean(options.composed);
    Object.defineProperty(this, "isTrusted", TRUSTED);
  }

  get type(): string {
    return this.#state.type;
  }

  get target(): object | null {
    return this.#state.target;
  }

  get srcElement(): object | null {
    return this.#state.target;
  }

  get currentTarget(): object | null {
    return this.#state.currentTarget;
  }

  composedPath(): object[] {
    const { currentTarget } = this.#state;
    return currentTarget === null ? [] : [currentTarget];
  }

  get eventPhase(): number {
    return this.#state.phase;
  }

  stopPropagation(): void {
    this.#state.stopped = true;
  }

  get cancelBubble(): boolean {
    return this.#state.stopped;
  }

  set cancelBubble(value: unknown) {
    this.#state.stopped ||= Boolean(value);
  }

  stopImmediatePropagation(): void {
    this.#state.stopped = true;
    this.#state.stoppedAtOnce = true;
  }

  get bubbles(): boolean {
    return this.#state.bubbles;
  }

  get cancelable(): boolean {
    return this.#state.cancelable;
  }

  get returnValue(): boolean {
    return !this.#state.canceled;
  }

  set returnValue(value: unknown) {
    if (!value) {
      this.preventDefault();
    }
  }

  preventDefault(): void {
    this.#state.canceled ||= this.#state.cancelable && !this.#state.passive;
  }

  get defaultPrevented(): boolean {
    return this.#state.canceled;
  }

  get composed(): boolean {
    return this.#composed;
  }

  get timeStamp(): number {
    return this.#timeStamp;
  }

  initEvent(type: unknown, bubbles: unknown = false, cancelable: unknown = false): void {
    requireArguments(arguments.length, 1, "Event.initEvent");
    initialize(this.#state, asDomString(type), Boolean(bubbles), Boolean(cancelable));
  }
}

defineInterface(Event, { name: "Event", constants: CONSTANTS, length: 1 });

/** Initializes an event anew (DOM, section 2.5), unless it is being dispatched; whether it did. */
function initialize(
  state: EventState | undefined,
  type: string,
  bubbles: boolean,
  cancelable: boolean,
): boolean {
  if (state === undefined || state.dispatching) {
    return false;
  }
  Object.assign(state, {
    type,
    bubbles,
    cancelable,
    initialized: true,
    stopped: false,
    stoppedAtOnce: false,
    canceled: false,
    trusted: false,
    target: null,
  });
  return true;
}

/** CustomEvent (DOM, section 2.4). */
export class CustomEvent extends Event {
  #detail: unknown;

  constructor(type: unknown, init?: unknown) {
    requireArguments(arguments.length, 1, "CustomEvent");
    super(type, init);
    this.#detail = asDictionary(init, "The options of an event").detail ?? null;
  }

  get detail(): unknown {
    return this.#detail;
  }

  initCustomEvent(
    type: unknown,
    bubbles: unknown = false,
    cancelable: unknown = false,
    detail: unknown = null,
  ): void {
    requireArguments(arguments.length, 1, "CustomEvent.initCustomEvent");
    if (initialize(eventState(this), asDomString(type), Boolean(bubbles), Boolean(cancelable))) {
      this.#detail = detail;
    }
  }
}

defineInterface(CustomEvent, { name: "CustomEvent", length: 1 });
