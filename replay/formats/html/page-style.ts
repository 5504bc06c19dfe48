/**
 * Colours follow the reader's own choice of dark or light; a printed report is always light. Each colour of a text has a
 * contrast of at least 4.5 to what it stands on.
 * @see https://www.w3.org/TR/WCAG22/#contrast-minimum
 */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--ink:#1b1f24;--quiet:#57606a;--paper:#fff;--card:#f6f8fa;--line:#d0d7de;--edge:#818b98;--mark:#0969da;
--on:#fff;--critical:#a40e26;--high:#b44600;--medium:#7d5700;--low:#0550ae;--info:#57606a}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--quiet:#9da7b1;--paper:#0d1117;--card:#161b22;--line:#30363d;--edge:#6e7681;
--mark:#58a6ff;--on:#0d1117;--critical:#ff7b72;--high:#ffa657;--medium:#e3b341;--low:#79c0ff;--info:#9da7b1}}
*{box-sizing:border-box}
[hidden]{display:none!important}
body{margin:0 auto;max-width:78rem;padding:2rem 1.5rem 4rem;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
h1{font-size:1.75rem;line-height:1.2;margin:.1rem 0 .35rem;font-weight:650;letter-spacing:-.01em}
h2{font-size:1.15rem;margin:0 0 .75rem;font-weight:650}
h3{font-size:.95rem;margin:1.1rem 0 .25rem;font-weight:650}
p{margin:.25rem 0}ul,ol{margin:.25rem 0;padding-left:1.4rem}
section{margin-top:2.25rem}
.brand{margin:0;font-size:.8rem;font-weight:650;letter-spacing:.08em;text-transform:uppercase;color:var(--quiet)}
.quiet{color:var(--quiet)}.small{font-size:.85rem}
.said{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
a{color:var(--mark)}
:focus-visible{outline:3px solid var(--mark);outline-offset:2px;border-radius:4px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem;z-index:2}
.warning{border:1px solid var(--edge);border-left:4px solid var(--high);border-radius:6px;padding:.6rem 1rem;margin:1rem 0 0}
.warning h2{font-size:1rem;margin:0}
.cards{display:flex;flex-wrap:wrap;gap:.6rem;margin:1.25rem 0 0;padding:0;list-style:none}
.cards li{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.55rem .9rem;min-width:6.6rem;color:var(--quiet);font-size:.85rem}
.cards b{display:block;font-size:1.5rem;line-height:1.25;font-weight:650;color:var(--ink);font-variant-numeric:tabular-nums}
.cards .apart{margin-left:.6rem}
.cards b.critical{color:var(--critical)}.cards b.high{color:var(--high)}.cards b.medium{color:var(--medium)}.cards b.low{color:var(--low)}
.cards b.zero{color:var(--quiet);font-weight:400}
#timeline,#callers{list-style:none;margin:0;padding:0}
#timeline li{display:grid;grid-template-columns:minmax(0,27rem) minmax(0,1fr);gap:0 1rem;align-items:center}
#timeline li>.quiet{text-align:right;font-size:.8rem;align-self:start}
.plain{display:flex;align-items:center;gap:.5rem;width:100%;min-width:0;border:0;background:none;padding:.14rem .35rem;text-align:left;border-radius:4px}
.plain:hover{background:var(--card)}
.plain[aria-pressed=true]{background:var(--card);box-shadow:inset 3px 0 var(--mark)}
.plain .name{flex:1;min-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.plain .count{color:var(--quiet);font-variant-numeric:tabular-nums}
#callers{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,26rem),1fr));gap:0 1.5rem}
.dot{flex:none;width:.65rem;height:.65rem;border-radius:50%;background:currentColor;overflow:hidden;text-indent:-9rem}
.dot.critical{color:var(--critical)}.dot.high{color:var(--high)}.dot.medium{color:var(--medium)}.dot.low{color:var(--low)}.dot.info{color:var(--info)}
svg{width:100%;display:block}
.strip{height:18px;background:linear-gradient(var(--line),var(--line)) 0 100%/100% 1px no-repeat}
.axis{height:22px;overflow:visible}
.axis text{fill:var(--quiet);font:11px system-ui,sans-serif}.axis line{stroke:var(--edge)}
rect.critical{fill:var(--critical)}rect.high{fill:var(--high)}rect.medium{fill:var(--medium)}rect.low{fill:var(--low)}rect.info{fill:var(--info)}
form{display:grid;gap:.6rem .75rem;margin:0;padding:.75rem 0;grid-template-columns:repeat(12,minmax(0,1fr));background:var(--paper)}
fieldset{grid-column:1/-1;border:0;margin:0;padding:0;min-width:0;display:flex;flex-wrap:wrap;gap:.4rem}
fieldset label{display:flex;align-items:center;gap:.4rem;border:1px solid var(--edge);border-radius:2rem;padding:.2rem .8rem;font-size:.9rem;color:var(--ink);cursor:pointer}
fieldset label:has(:checked){border-color:var(--mark);box-shadow:inset 0 0 0 1px var(--mark)}
fieldset label:has(:focus-visible){outline:3px solid var(--mark);outline-offset:2px}
fieldset input{width:auto;margin:0;accent-color:var(--mark)}fieldset input:focus-visible{outline:0}
fieldset span{color:var(--quiet);font-variant-numeric:tabular-nums}
form>label{grid-column:span 2;font-size:.85rem;color:var(--quiet)}
form>label.text{grid-column:span 4}
input,select,button{font:inherit;color:var(--ink);background:var(--paper);border:1px solid var(--edge);border-radius:6px;padding:.35rem .55rem}
form>label input,form>label select{display:block;width:100%;height:2.3rem;margin-top:.1rem}
button{cursor:pointer;background:var(--card)}button:hover{border-color:var(--mark)}
.bar{grid-column:1/-1;display:flex;flex-wrap:wrap;gap:.5rem .75rem;align-items:center}
.bar p{flex:1;min-width:12rem;margin:0;overflow-wrap:anywhere;font-weight:650}
.bar label{display:flex;gap:.5rem;align-items:center;font-size:.85rem;color:var(--quiet)}
.empty{border:1px dashed var(--edge);border-radius:8px;padding:2rem 1rem;text-align:center}
#alerts{list-style:none;margin:0;padding:0}
#alerts>li{content-visibility:auto;contain-intrinsic-size:auto 4.4rem}
#alerts>li:has([open]){content-visibility:visible}
.alert{border:1px solid var(--line);border-radius:8px;margin:.4rem 0}
.alert[open]{border-color:var(--edge)}
summary{cursor:pointer;border-radius:8px}summary::-webkit-details-marker{display:none}
.alert>summary{display:grid;grid-template-columns:5.2rem minmax(0,1fr) auto;gap:.1rem .9rem;padding:.6rem .85rem;align-items:start;list-style:none}
.alert>summary:hover{background:var(--card)}
.words{min-width:0;overflow-wrap:anywhere}
.alert>summary .words{display:grid}
.alert .headline{color:var(--quiet);font-size:.9rem}
.alert:not([open]) .headline{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden}
.place{display:grid;text-align:right;font-size:.85rem;color:var(--quiet)}
.when{font-variant-numeric:tabular-nums;white-space:nowrap}
.place .when{color:var(--ink)}
.badge{justify-self:start;min-width:4.9rem;text-align:center;font-size:.72rem;font-weight:700;letter-spacing:.03em;text-transform:uppercase;line-height:1;padding:.33rem .4rem;margin-top:.1rem;border-radius:4px;color:var(--on);background:var(--info)}
.badge.critical{background:var(--critical)}.badge.high{background:var(--high)}.badge.medium{background:var(--medium)}.badge.low{background:var(--low)}
.tag{font-size:.75rem;color:var(--quiet);border:1px solid var(--edge);border-radius:1rem;padding:0 .5rem;margin-left:.5rem;white-space:nowrap}
.body{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,25rem);grid-template-areas:"facts guide" "events guide";grid-template-rows:auto 1fr;gap:0 2rem;padding:.25rem 1rem 1rem;border-top:1px solid var(--line);overflow-wrap:anywhere}
.facts{grid-area:facts;display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.35rem 1rem;margin:1rem 0 0;align-content:start}
.facts dt{color:var(--quiet)}.facts dd{margin:0}
.guide{grid-area:guide}.events{grid-area:events}
.event{border-top:1px solid var(--line)}.event>summary{padding:.35rem .1rem;font-size:.9rem}.event>summary:hover{background:var(--card)}
.event .words>*+*{margin-left:.5rem}.event .words{overflow-wrap:anywhere}
.quote{position:relative;margin:.35rem 0}
.quote button{position:absolute;top:.35rem;right:.35rem;font-size:.8rem;padding:.1rem .5rem}
pre{margin:0;background:var(--card);border:1px solid var(--line);border-radius:6px;padding:.6rem .75rem;overflow:auto;max-height:26rem;font:13px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere}
.guide pre{padding-right:4rem}
#more{display:block;margin:1rem auto}
footer{margin-top:3rem;padding-top:1rem;border-top:1px solid var(--line);font-size:.85rem;color:var(--quiet)}
@media (max-width:60rem){.body{grid-template-columns:minmax(0,1fr);grid-template-areas:"facts" "guide" "events"}form>label{grid-column:span 4}form>label.text{grid-column:span 8}}
@media (max-width:40rem){body{padding:1.25rem 1rem 3rem}
.cards{display:grid;grid-template-columns:repeat(2,minmax(0,1fr))}.cards .apart{margin-left:0}
#timeline li{grid-template-columns:minmax(0,1fr);margin-bottom:.35rem}#timeline li>.quiet{display:none}.axis text:nth-of-type(even){display:none}
form>label,form>label.text{grid-column:span 6}form>label.text{grid-column:1/-1}
.alert>summary{grid-template-columns:minmax(0,1fr) auto}.alert>summary .words{grid-column:1/-1;grid-row:2}
.place{grid-column:2;grid-row:1;align-items:center}.place span:not(.when){display:none}
.facts{grid-template-columns:minmax(0,1fr);gap:0}.facts dd{margin:0 0 .5rem}}
@media (prefers-reduced-motion:no-preference){.alert,button{transition:border-color .1s}}
@media print{@page{margin:14mm}
:root{color-scheme:light;--ink:#000;--quiet:#444;--paper:#fff;--card:#fff;--line:#bbb;--edge:#777;--on:#fff;--mark:#000;
--critical:#a40e26;--high:#b44600;--medium:#7d5700;--low:#0550ae;--info:#57606a}
body{padding:0;max-width:none;font-size:10pt}
fieldset,form>label,.bar label,button:not(.plain),.skip,.empty{display:none!important}
#alerts>li{content-visibility:visible}.alert:not([open]),.event,.cards li,#timeline li{break-inside:avoid}h2,h3,summary{break-after:avoid}
.badge,.dot,rect{print-color-adjust:exact;-webkit-print-color-adjust:exact}
pre{max-height:none}.body{display:block}section{margin-top:1.25rem}}
`;
