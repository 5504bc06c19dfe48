/** Runs in each page before its own script: keeps what must not happen, and measures. */
export const PROBE = `
globalThis.probe = { violations: [], tasks: [], listedMs: undefined };
document.addEventListener('securitypolicyviolation', (event) => probe.violations.push(event.violatedDirective + ' ' + event.blockedURI));
new PerformanceObserver((list) => probe.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask', buffered: true });
new MutationObserver((_, observer) => {
  if (!document.getElementById('status')?.textContent) return;
  probe.listedMs = performance.now();
  observer.disconnect();
}).observe(document, { childList: true, subtree: true });
`;

/** Texts whose contrast to what they stand on is below 4.5, as \`text (ratio)\`. @see https://www.w3.org/TR/WCAG22/#contrast-minimum */
export const POOR_CONTRAST = `(() => {
  const parse = (text) => (/rgba?\\(([^)]+)\\)/.exec(text)?.[1] ?? '').split(',').map(Number);
  const light = ([r, g, b]) => [r, g, b].map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  const ground = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const poor = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let looked = 0;
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (node.data.trim() === '' || /^(?:SCRIPT|STYLE|OPTION|NOSCRIPT|title)$/.test(element.tagName) || element.closest('.said, .dot')) continue;
    if (!element.checkVisibility() || element.getClientRects().length === 0) continue;
    looked += 1;
    const style = getComputedStyle(element);
    const ink = light(parse(element.namespaceURI.endsWith('svg') ? style.fill : style.color));
    const paper = light(ground(element));
    const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    if (!(ratio >= 4.5)) poor.set(element.className + ' ' + node.data.trim().slice(0, 40), ratio.toFixed(2));
  }
  return { looked, poor: [...poor].map(([text, ratio]) => text + ' (' + ratio + ')') };
})()`;

/** Milliseconds from a filter's input to the frame that shows its result. */
export const FILTER_MS = (field: string, value: string) => `new Promise((resolve) => {
  const input = document.querySelector('[name=${field}]');
  const status = document.getElementById('status');
  input.value = ${JSON.stringify(value)};
  const startedMs = performance.now();
  new MutationObserver((_, observer) => {
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - startedMs), 0));
  }).observe(status, { childList: true, characterData: true, subtree: true });
  input.dispatchEvent(new Event('input', { bubbles: true }));
})`;

/** What has the keyboard, in short. */
export const FOCUSED = `(() => {
  const { activeElement: at } = document;
  return (at.getAttribute('name') ?? at.id) || at.tagName.toLowerCase() + (at.className ? '.' + at.className.split(' ')[0] : '') +
    (at.tagName === 'SUMMARY' ? ' of ' + at.parentElement.className : '');
})()`;
