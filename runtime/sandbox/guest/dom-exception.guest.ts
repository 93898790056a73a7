import { asDomString, defineInterface } from "./define-interface.guest.ts";
import { place } from "./failure.guest.ts";
import { NativeError, weakGet, weakSet } from "./primordials.guest.ts";

/** The legacy codes of names (Web IDL, section 2.8.1), in their order; the empty ones have no name any more. */
const CODES = [
  ["INDEX_SIZE_ERR", "IndexSizeError"],
  ["DOMSTRING_SIZE_ERR", ""],
  ["HIERARCHY_REQUEST_ERR", "HierarchyRequestError"],
  ["WRONG_DOCUMENT_ERR", "WrongDocumentError"],
  ["INVALID_CHARACTER_ERR", "InvalidCharacterError"],
  ["NO_DATA_ALLOWED_ERR", ""],
  ["NO_MODIFICATION_ALLOWED_ERR", "NoModificationAllowedError"],
  ["NOT_FOUND_ERR", "NotFoundError"],
  ["NOT_SUPPORTED_ERR", "NotSupportedError"],
  ["INUSE_ATTRIBUTE_ERR", "InUseAttributeError"],
  ["INVALID_STATE_ERR", "InvalidStateError"],
  ["SYNTAX_ERR", "SyntaxError"],
  ["INVALID_MODIFICATION_ERR", "InvalidModificationError"],
  ["NAMESPACE_ERR", "NamespaceError"],
  ["INVALID_ACCESS_ERR", "InvalidAccessError"],
  ["VALIDATION_ERR", ""],
  ["TYPE_MISMATCH_ERR", "TypeMismatchError"],
  ["SECURITY_ERR", "SecurityError"],
  ["NETWORK_ERR", "NetworkError"],
  ["ABORT_ERR", "AbortError"],
  ["URL_MISMATCH_ERR", "URLMismatchError"],
  ["QUOTA_EXCEEDED_ERR", "QuotaExceededError"],
  ["TIMEOUT_ERR", "TimeoutError"],
  ["INVALID_NODE_TYPE_ERR", "InvalidNodeTypeError"],
  ["DATA_CLONE_ERR", "DataCloneError"],
] as const;

interface State {
  readonly name: string;
  readonly message: string;
}

const states = new WeakMap<object, State>();
const { setPrototypeOf } = Object;

function stateOf(exception: object): State {
  const state = weakGet(states, exception);
  if (state === undefined) {
    throw new TypeError("Illegal invocation");
  }
  return state;
}

/** DOMException (Web IDL, section 2.8.1): a real error of the engine, with the prototype that the web gives it. */
export class DOMException {
  constructor(message: unknown = "", options: unknown = "Error") {
    const dictionary = typeof options === "object" && options !== null ? (options as DOMExceptionInit) : null;
    const name = dictionary === null ? options : (dictionary.name ?? "Error");
    const state = { message: asDomString(message), name: asDomString(name) };
    const error = setPrototypeOf(new NativeError(), new.target.prototype) as Error & DOMException;
    weakSet(states, error, state);
    // Again, now that it has a name and a message to begin the stack with.
    place(error, new NativeError());
    if (dictionary !== null && "cause" in dictionary) {
      const { cause } = dictionary;
      Object.defineProperty(error, "cause", { value: cause, configurable: true, writable: true });
    }
    return error;
  }

  get name(): string {
    return stateOf(this).name;
  }

  get message(): string {
    return stateOf(this).message;
  }

  get code(): number {
    const { name } = stateOf(this);
    return name === "" ? 0 : CODES.findIndex(([, known]) => known === name) + 1;
  }
}

interface DOMExceptionInit {
  readonly name?: unknown;
  readonly cause?: unknown;
}

setPrototypeOf(DOMException.prototype, NativeError.prototype);
defineInterface(DOMException, {
  name: "DOMException",
  length: 0,
  constants: Object.fromEntries(CODES.map(([constant], index) => [constant, index + 1])),
});
