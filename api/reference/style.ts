/** The reference page's style: system fonts, light and dark, readable without the navigation. */
export const STYLE = `
:root { --text: #1c2430; --dim: #55606f; --line: #dde2e8; --back: #ffffff; --soft: #f5f7f9; --accent: #0b5cad;
  --get: #0b5cad; --post: #1a7340; --put: #8a5a00; --patch: #8a5a00; --delete: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --text: #e4e9f0; --dim: #a3adba; --line: #303945; --back: #14181e;
  --soft: #1c222a; --accent: #7ab8ff; --get: #7ab8ff; --post: #6fd39a; --put: #f0bd62; --patch: #f0bd62; --delete: #ff9a92; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1rem; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; display: grid; grid-template-columns: 19rem minmax(0, 1fr); color: var(--text); background: var(--back);
  font: 16px/1.55 system-ui, sans-serif; }
a { color: var(--accent); }
a:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -100vw; } .skip:focus { left: 1rem; top: 1rem; background: var(--back); padding: .5rem; }
code, pre, .path { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .875em; }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: 6px; padding: .75rem 1rem; overflow: auto; line-height: 1.45; }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1.25rem 1rem 3rem; border-right: 1px solid var(--line); background: var(--soft); }
nav h2 { font-size: .8rem; text-transform: uppercase; letter-spacing: .05em; margin: 1.25rem 0 .25rem; } nav h2 a { color: var(--dim); text-decoration: none; }
nav ul { list-style: none; margin: 0; padding: 0; } nav li a { display: flex; align-items: baseline; padding: .15rem 0; color: inherit; text-decoration: none; font-size: .9rem; }
nav li a:hover { text-decoration: underline; } .brand { font-weight: 700; margin: 0 0 .5rem; } .brand span { color: var(--dim); font-weight: 400; }
main { padding: 2rem clamp(1rem, 4vw, 4rem) 6rem; max-width: 62rem; }
h1 { margin-top: 0; } section > h2 { margin-top: 3.5rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
article { margin: 2.5rem 0; padding-bottom: 1rem; border-bottom: 1px dashed var(--line); }
h3 { margin: 0; font-size: 1.05rem; overflow-wrap: anywhere; } h4 { margin: 1.25rem 0 .4rem; font-size: .9rem; color: var(--dim); }
.summary { font-weight: 600; margin: .35rem 0 0; } .anchor { text-decoration: none; opacity: .6; }
.method { display: inline-block; flex: none; min-width: 3.6rem; font: 700 .7rem/1.6 ui-monospace, monospace; text-transform: uppercase; }
h3 .method { font-size: .8rem; } .get { color: var(--get); } .post { color: var(--post); } .put, .patch { color: var(--put); } .delete { color: var(--delete); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); }
.type { color: var(--dim); font-size: .85rem; overflow-wrap: anywhere; } td.type { overflow-wrap: normal; } td:first-child code { white-space: nowrap; } .required { color: var(--delete); font-size: .75rem; font-weight: 600; }
.fields { margin: .25rem 0 .75rem; padding-left: .9rem; border-left: 2px solid var(--line); } .fields dt { margin-top: .4rem; } .fields dd { margin: 0 0 0 .25rem; font-size: .9rem; color: var(--dim); }
.answer { margin: .3rem 0; } summary { cursor: pointer; } .status { font: 700 .85rem ui-monospace, monospace; margin-right: .4rem; } .good { color: var(--post); } .bad { color: var(--delete); }
@media (max-width: 56rem) { body { display: block; } nav { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line); } }
@media print { nav { display: none; } body { display: block; } }
`;
