/** Colours follow the reader's own choice of dark or light; a printed report is always light. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--ink:#1b1f24;--quiet:#59636e;--paper:#fff;--card:#f6f8fa;--line:#d1d9e0;--mark:#0969da;
--critical:#a40e26;--high:#bc4c00;--medium:#7d5700;--low:#0550ae;--info:#59636e}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--quiet:#9198a1;--paper:#0d1117;--card:#161b22;--line:#3d444d;
--mark:#58a6ff;--critical:#ff7b72;--high:#ffa657;--medium:#e3b341;--low:#79c0ff;--info:#9198a1}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:1.5rem;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 .5rem}h3{font-size:.9rem;margin:1rem 0 .25rem}
p{margin:.25rem 0}.quiet{color:var(--quiet)}
a{color:var(--mark)}
:focus-visible{outline:3px solid var(--mark);outline-offset:2px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem}
.cards{display:flex;flex-wrap:wrap;gap:.75rem;margin:1rem 0;padding:0;list-style:none}
.cards li{background:var(--card);border:1px solid var(--line);border-radius:6px;padding:.5rem 1rem;min-width:7rem}
.cards b{display:block;font-size:1.4rem}
.critical{color:var(--critical)}.high{color:var(--high)}.medium{color:var(--medium)}.low{color:var(--low)}.info{color:var(--info)}
form{display:grid;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr));gap:.75rem;margin:0}
label{display:block;font-size:.85rem;color:var(--quiet)}
input,select,button{width:100%;font:inherit;color:inherit;background:var(--paper);border:1px solid var(--line);border-radius:6px;padding:.35rem .5rem}
button{width:auto;cursor:pointer;background:var(--card)}
svg{width:100%;height:auto;display:block}
svg text{fill:var(--ink);font:11px system-ui,sans-serif}
svg rect.critical{fill:var(--critical)}svg rect.high{fill:var(--high)}svg rect.medium{fill:var(--medium)}
svg rect.low{fill:var(--low)}svg rect.info{fill:var(--info)}svg line{stroke:var(--line)}
details{border:1px solid var(--line);border-radius:6px;margin:.4rem 0;content-visibility:auto;contain-intrinsic-size:auto 3.6rem}
details[open]{content-visibility:visible}
summary{padding:.5rem .75rem;cursor:pointer;overflow-wrap:anywhere}
summary b{margin-right:.5rem}
summary .quiet{display:block;font-size:.85rem}
.body{padding:0 .75rem .75rem;border-top:1px solid var(--line);overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:.5rem 0}
dt{color:var(--quiet)}dd{margin:0}
pre{background:var(--card);border:1px solid var(--line);border-radius:6px;padding:.5rem .75rem;overflow:auto;max-height:24rem;font-size:.85rem}
@media (prefers-reduced-motion:no-preference){details{transition:border-color .1s}}
@media print{:root{color-scheme:light;--ink:#000;--quiet:#444;--paper:#fff;--card:#fff;--line:#999}
form,button,.skip{display:none}details{break-inside:avoid;content-visibility:visible}pre{max-height:none;white-space:pre-wrap}}
`;
