import { createHash } from "node:crypto";

/** The style of every page that people of customers see: system fonts, light and dark, from 320 px on. */
export const STYLE = `
:root { --text: #1c2430; --dim: #566070; --line: #dde2e8; --back: #f3f5f8; --card: #ffffff; --accent: #0b5cad; --on: #ffffff;
  --good: #1a7340; --good-back: #e6f4ec; --bad: #b3261e; --bad-back: #fdecea; --warn: #8a5a00; --warn-back: #fdf3e1; }
@media (prefers-color-scheme: dark) { :root { --text: #e4e9f0; --dim: #a3adba; --line: #303945; --back: #0f1318; --card: #181d24; --accent: #7ab8ff; --on: #0f1318;
  --good: #6fd39a; --good-back: #14301f; --bad: #ff9a92; --bad-back: #3a1715; --warn: #f0bd62; --warn-back: #33260d; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 34rem; margin: 0 auto; padding: clamp(.75rem, 4vh, 3rem) .75rem 2rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 1.5rem; box-shadow: 0 1px 3px rgb(0 0 0 / 8%); }
h1 { font-size: 1.3rem; line-height: 1.3; margin: 0 0 .35rem; overflow-wrap: anywhere; } h2 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
p { margin: .25rem 0 .75rem; overflow-wrap: anywhere; } .dim { color: var(--dim); font-size: .92rem; } .small { font-size: .85rem; }
a { color: var(--accent); } ul { list-style: none; margin: 0; padding: 0; }
.connector { display: grid; grid-template-columns: 2.5rem 1fr auto; gap: .1rem .85rem; align-items: center; padding: .85rem 0; border-top: 1px solid var(--line); }
.connector > div { min-width: 0; } .connector .dim { margin: 0; display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; }
.connector .connections { grid-column: 2 / -1; }
.connection { display: flex; flex-wrap: wrap; gap: .35rem .6rem; align-items: center; padding: .4rem 0 0; font-size: .92rem; }
.connection button { margin-left: auto; } .heading { display: flex; gap: .85rem; align-items: center; margin-bottom: .85rem; } .heading h1 { margin: 0; }
.tile { width: 2.5rem; height: 2.5rem; border-radius: 10px; display: grid; place-items: center; font-weight: 700; color: #fff; background: #475a73; }
.tile-1 { background: #0b5cad; } .tile-2 { background: #1a7340; } .tile-3 { background: #8a4b08; } .tile-4 { background: #7a3fa0; } .tile-5 { background: #a02c4f; }
.badge { display: inline-block; border-radius: 999px; padding: .05rem .6rem; font-size: .8rem; font-weight: 600; white-space: nowrap; }
.good { color: var(--good); background: var(--good-back); } .bad { color: var(--bad); background: var(--bad-back); } .warn { color: var(--warn); background: var(--warn-back); }
button, .button { display: inline-block; font: inherit; font-weight: 600; border-radius: 9px; border: 1px solid var(--line); background: var(--card); color: var(--text);
  padding: .5rem .95rem; min-height: 2.5rem; cursor: pointer; text-decoration: none; text-align: center; }
button.primary, .button.primary { background: var(--accent); border-color: var(--accent); color: var(--on); } button.link { border: 0; background: none; padding: .25rem .2rem; color: var(--accent); min-height: 0; }
button[disabled] { opacity: .55; cursor: progress; }
:is(a, button, input, select, textarea):focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
label { display: block; font-weight: 600; margin: .9rem 0 .2rem; } .hint { margin: .2rem 0 0; color: var(--dim); font-size: .88rem; }
input:not([type=checkbox]), select, textarea { width: 100%; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--dim); border-radius: 9px; padding: .5rem .7rem; min-height: 2.6rem; }
input[aria-invalid=true] { border-color: var(--bad); } .fault { color: var(--bad); font-size: .9rem; margin: .2rem 0 0; }
.notice { border-radius: 9px; padding: .65rem .9rem; margin: 0 0 1rem; overflow-wrap: anywhere; } .notice:empty { display: none; } .notice:focus { outline: 0; }
.actions { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1.25rem 0 .75rem; } .methods { display: flex; flex-wrap: wrap; gap: .5rem; margin: .75rem 0 0; }
.methods [aria-current=true] { border-color: var(--accent); color: var(--accent); }
footer { display: flex; flex-wrap: wrap; gap: .5rem; justify-content: space-between; align-items: center; margin-top: 1rem; color: var(--dim); font-size: .85rem; }
[hidden] { display: none !important; }
@media (max-width: 26rem) { .connector { grid-template-columns: 2.5rem 1fr; } .connector > .choose { grid-column: 1 / -1; } .card { padding: 1.1rem; } }
`;

/** What a policy knows the style by. */
export const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");
