/** What is wrong with host patterns and URLs of a definition, in words that say how to mend it. Null: nothing. */

const PLACE = /\{[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_-]+)*\}/g;
const LOCALHOST = /^http:\/\/localhost(:\d{1,5})?$/;
/** Domains under which strangers get names: a wildcard there is a wildcard for everybody. */
const SHARED_DOMAINS = new Set(
  (
    "amazonaws.com appspot.com azurewebsites.net cloudapp.net cloudfront.net firebaseapp.com fly.dev github.io " +
    "gitlab.io googleusercontent.com herokuapp.com myftp.org netlify.app ngrok-free.app ngrok.io onrender.com " +
    "pages.dev railway.app run.app vercel.app web.app windows.net workers.dev"
  ).split(" "),
);
/** `co.uk`, `com.au` and their like: registries, not organizations. */
const REGISTRY = /^(ac|co|com|edu|gob|gov|gv|ltd|mil|ne|net|or|org|plc)\.[a-z]{2}$/;

/** What is wrong with a pattern of hosts such as `*.example.com`. */
export function hostPatternProblem(text: string): string | null {
  if (LOCALHOST.test(text) || /^\{[A-Za-z_][A-Za-z0-9_]*\}$/.test(text)) {
    return null;
  }
  if (/^http:/i.test(text)) {
    return "must not name plain http, which shows the credential to everybody on the way; leave the scheme out";
  }
  const bare = text.replace(/^https:\/\//i, "");
  if (/^[*.]+$/.test(bare)) {
    return `must not be "${text}": a credential could travel anywhere; list the hosts that the vendor documents`;
  }
  const [name, wildcard] = bare.startsWith("*.") ? [bare.slice(2), true] : [bare, false];
  if (name.includes("*")) {
    return 'may have one *, as its first label: "*.example.com"';
  }
  return (wildcard ? widthProblem(name.toLowerCase()) : null) ?? authorityProblem(name);
}

/** What is wrong with a URL such as `https://{subdomain}.example.com/oauth/token`. */
export function urlProblem(text: string): string | null {
  if (/\s|\\/.test(text)) {
    return "must not have spaces or backslashes";
  }
  const [origin, authority] = originOf(text);
  if (LOCALHOST.test(origin) || /^\{[A-Za-z0-9_.-]+\}$/.test(text.replace(/[/?#].*$/, ""))) {
    return null;
  }
  if (!/^https:\/\//i.test(text)) {
    return 'must be an https URL such as "https://{subdomain}.example.com/oauth/token"; plain http only towards localhost';
  }
  return text.includes("#") ? "must not have a fragment (#)" : authorityProblem(authority);
}

/** A URL template's origin, and its host with its port. */
export function originOf(text: string): readonly [origin: string, authority: string] {
  const [, origin = "", authority = ""] = /^([a-z]+:\/\/([^/?#]*))/i.exec(text) ?? [];
  return [origin, authority];
}

function authorityProblem(authority: string): string | null {
  if (authority.includes("@")) {
    return "must not carry a user name or password before the host";
  }
  if (/[/?#]/.test(authority)) {
    return "must be a host only, without a path";
  }
  const filled = authority.replace(PLACE, "x");
  if (authority.startsWith("[") || isAddress(filled)) {
    return "must not be an IP address; name the host";
  }
  const name = filled.replace(/:\d{1,5}$/, "");
  if (
    name === "" ||
    name.endsWith(".") ||
    !URL.canParse(`https://${filled}`) ||
    !/^[a-z0-9._-]+$/i.test(name)
  ) {
    return 'must have a host such as "api.example.com" or "{subdomain}.example.com"';
  }
  if (name === "localhost") {
    return `must be written with its scheme, as in "http://${authority}"`;
  }
  if (!name.includes(".") && !/^\{[^}]*\}(:\d{1,5})?$/.test(authority)) {
    return `must have a host with a domain, such as "api.example.com"; "${authority}" is a name of a private network`;
  }
  return topLevelPlaceProblem(authority);
}

/** `example.{tld}`: whoever fills the place chooses whose domain it is. */
function topLevelPlaceProblem(authority: string): string | null {
  const labels = authority.replace(/:\d{1,5}$/, "").split(/\.(?![^{]*\})/);
  return labels.length > 1 && labels.slice(-2).some((label) => label.includes("{"))
    ? 'must have a place only before the vendor\'s own domain, as in "{subdomain}.example.com"'
    : null;
}

function widthProblem(domain: string): string | null {
  if (!domain.includes(".") || REGISTRY.test(domain)) {
    return `must not be "*.${domain}", which is wider than one organization's domain; name the vendor's`;
  }
  return SHARED_DOMAINS.has(domain)
    ? `must not be "*.${domain}": anybody gets names there; name the vendor's own host`
    : null;
}

/** Whether a URL with this host goes to an address, in any of the forms that URL parsers know (`0x7f.1`, `2130706433`). */
function isAddress(authority: string): boolean {
  return (
    URL.canParse(`https://${authority}`) &&
    /^\d{1,3}(\.\d{1,3}){3}$|^\[/.test(new URL(`https://${authority}`).hostname)
  );
}
