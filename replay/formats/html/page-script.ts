/**
 * What runs in the reader's browser: plain JavaScript, hashed into the page's policy. Text of records reaches the page as
 * text only (`textContent`, attributes that no program reads); a link is one that was made and checked before.
 */
export const PAGE_SCRIPT = `
'use strict';
(() => {
  const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'];
  // Rows that are added at a time, rules and callers that are listed at first, and columns of the timeline.
  const PAGE = 100;
  const RULES = 12;
  const CALLERS = 5;
  const COLUMNS = 72;
  const MINUTE = 60000;
  const HOUR = 60 * MINUTE;
  const DAY = 24 * HOUR;
  const STEPS = [1000, 5000, 15000, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR,
    12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 91 * DAY, 364 * DAY, 3640 * DAY, 36400 * DAY, Infinity];
  const byId = (id) => document.getElementById(id);
  const { alerts, rules, accounts, span } = JSON.parse(byId('data').textContent);
  const form = byId('filters');
  const list = byId('alerts');
  const more = byId('more');
  const chart = byId('timeline');
  let shown = [];
  let placed = 0;
  let allRules = false;

  const make = (name, text, ...classes) => {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    for (const one of classes) element.classList.add(one);
    return element;
  };
  const buttonOf = (text, act, ...classes) => {
    const button = make('button', text, ...classes);
    button.type = 'button';
    button.addEventListener('click', act);
    return button;
  };
  const draw = (name, attributes, text) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const time = (ms) => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
  const level = ({ severity }) => SEVERITIES.indexOf(severity);
  const ruleOf = (id) => (Object.hasOwn(rules, id) ? rules[id] : undefined);
  const titleOf = (id) => ruleOf(id)?.title ?? id;
  const nameOf = (id) => (Object.hasOwn(accounts, id) ? accounts[id] : undefined);
  const accountOf = (id) => (nameOf(id) === undefined ? id : nameOf(id) + ' ' + id);
  const grouped = (count) => count.toLocaleString('en-US');
  const counted = (count, noun) => grouped(count) + ' ' + noun + (count === 1 ? '' : 's');
  const shortened = (text, length) => (text.length > length ? text.slice(0, length - 1) + '\\u2026' : text);

  // What is not in the list is read from its line when it is needed.
  const linesOf = (id) => {
    const text = byId(id).textContent;
    return text === '' ? [] : text.split('\\n');
  };
  let blocks;
  const lines = () => (blocks ??= { details: linesOf('details'), records: linesOf('records') });
  const detailOf = (index) => JSON.parse(lines().details[index]);

  // Searching. Heads are the list's own words. Details and records are searched as the JSON that they are, and brought
  // into lower case bit by bit while nobody types.
  const heads = [];
  const headOf = ({ id, rule, actor, account, region, headline }) =>
    [id, rule, titleOf(rule), actor, account, nameOf(account) ?? '', region, headline].join('\\n').toLowerCase();
  const bodies = [];
  const recordsOf = [];
  const records = [];
  const prepare = (until) => {
    for (let index = bodies.length; index < Math.min(until, alerts.length); index++) {
      const line = lines().details[index];
      recordsOf.push(JSON.parse(line).events.flatMap(({ record }) => (record === undefined ? [] : [record])));
      for (const number of recordsOf[index]) records[number] ??= lines().records[number].toLowerCase();
      heads.push(headOf(alerts[index]));
      bodies.push(line.toLowerCase());
    }
  };
  const prepareAll = () => {
    prepare(bodies.length + 50);
    if (bodies.length < alerts.length) setTimeout(prepareAll, 0);
  };
  const asJson = (word) => JSON.stringify(word).slice(1, -1)
    .replace(/[<>&]/g, (letter) => '\\\\u00' + letter.charCodeAt(0).toString(16));
  const isIn = (text, [word, json]) => text.includes(json) || (word !== json && text.includes(word));
  const has = (index, forms) => heads[index].includes(forms[0]) || isIn(bodies[index], forms) ||
    recordsOf[index].some((number) => isIn(records[number], forms));

  const fill = (name, of, label) => {
    const counts = new Map();
    for (const alert of alerts) counts.set(of(alert), (counts.get(of(alert)) ?? 0) + 1);
    const select = form.elements[name];
    for (const [value, count] of [...counts].sort((a, b) => b[1] - a[1])) {
      const option = make('option', shortened(label(value), 80) + ' (' + grouped(count) + ')');
      option.value = value;
      select.append(option);
    }
  };
  const ORDERS = {
    severity: (a, b) => level(alerts[b]) - level(alerts[a]) || alerts[a].firedMs - alerts[b].firedMs,
    oldest: (a, b) => alerts[a].firedMs - alerts[b].firedMs,
    newest: (a, b) => alerts[b].firedMs - alerts[a].firedMs,
  };
  const chosen = (name) => form.elements[name].value;

  const wanted = () => {
    const fate = chosen('fate');
    const least = SEVERITIES.indexOf(chosen('severity'));
    const [rule, account, actor] = [chosen('rule'), chosen('account'), chosen('actor')];
    const words = chosen('text').toLowerCase().split(/\\s+/).filter((word) => word !== '');
    if (words.length > 0) prepare(alerts.length);
    const forms = words.map((word) => [word, asJson(word)]);
    const found = [];
    alerts.forEach((alert, index) => {
      if ((fate === 'all' || alert.fate === fate) && level(alert) >= least && (rule === '' || alert.rule === rule) &&
        (account === '' || alert.account === account) && (actor === '' || alert.actor === actor) &&
        forms.every((both) => has(index, both))) found.push(index);
    });
    return found.sort(ORDERS[chosen('order')]);
  };

  // Copies without leave too: what can be selected can be copied by hand.
  const copyOf = (pre, what) => {
    const button = buttonOf('Copy', () => {
      const say = (text) => {
        button.textContent = text;
        byId('said').textContent = what + ': ' + text;
      };
      const byHand = () => {
        getSelection().selectAllChildren(pre);
        let copied = false;
        try {
          copied = document.execCommand('copy');
        } catch {}
        say(copied ? 'Copied' : 'Selected: press Ctrl+C or \\u2318C');
      };
      if (navigator.clipboard === undefined) byHand();
      else navigator.clipboard.writeText(pre.textContent).then(() => say('Copied'), byHand);
    });
    button.setAttribute('aria-label', 'Copy ' + what);
    return button;
  };
  const quoteOf = (text, what) => {
    const box = make('div', undefined, 'quote');
    const pre = make('pre', text);
    pre.setAttribute('tabindex', '0');
    pre.setAttribute('role', 'region');
    pre.setAttribute('aria-label', what);
    box.append(pre, copyOf(pre, what));
    return box;
  };
  const bullets = (kind, texts) => {
    const box = make(kind);
    for (const text of texts) box.append(make('li', text));
    return box;
  };
  // Fills what is opened once somebody opens it.
  const whenOpened = (details, body) => {
    details.addEventListener('toggle', () => {
      if (details.open && details.children.length === 1) details.append(body());
    });
    return details;
  };

  const factsOf = (facts) => {
    const box = make('dl', undefined, 'facts');
    for (const [name, texts] of facts) {
      const said = make('dd');
      texts.forEach((text, index) => said.append(make('div', text, ...(index === 0 ? [] : ['quiet']))));
      box.append(make('dt', name), said);
    }
    return box;
  };
  const guideOf = (alert, detail) => {
    const box = make('div', undefined, 'guide');
    const rule = ruleOf(alert.rule);
    if (rule?.why !== undefined) {
      box.append(make('h3', 'Why it matters'), make('p', rule.why));
      box.append(make('h3', 'What to do'), bullets('ol', rule.runbook));
      box.append(make('h3', 'It may be harmless'), bullets('ul', rule.falsePositives));
    }
    if (alert.fate !== 'suppressed') {
      box.append(make('h3', 'If it is expected'));
      if (detail.stanza === undefined) box.append(make('p', detail.noStanza));
      else {
        box.append(make('p', 'Under suppressions: in trailhound.yaml; say why, and who answers for it.'));
        box.append(quoteOf(detail.stanza, 'the suppression'));
      }
    }
    if (rule?.attack !== undefined) {
      box.append(make('p', 'Rule ' + alert.rule + ', ATT&CK ' + rule.attack.join(', '), 'quiet', 'small'));
    }
    return box;
  };
  const eventOf = (event) => {
    const details = make('details', undefined, 'event');
    const summary = make('summary');
    const words = make('span', undefined, 'words');
    words.append(make('span', time(event.timeMs), 'when'), make('b', event.call), make('span', event.outcome));
    if (event.from !== undefined) words.append(make('span', 'from ' + event.from));
    for (const role of event.role ?? []) words.append(make('span', role, 'tag'));
    summary.append(words);
    details.append(summary);
    return whenOpened(details, () => {
      const box = make('div');
      if (event.record === undefined) {
        box.append(make('p', event.leftOut
          ? 'This page holds no more records. What the alert kept of it:'
          : 'The record was not found in the files again. What the alert kept of it:', 'quiet'));
      }
      const value = event.record === undefined ? event.sample : JSON.parse(lines().records[event.record]);
      box.append(quoteOf(JSON.stringify(value, null, 2), event.record === undefined ? 'the sample' : 'the record'));
      return box;
    });
  };
  const eventsOf = (detail) => {
    const box = make('div', undefined, 'events');
    const { events, eventCount, eventIds } = detail;
    box.append(make('h3', eventCount === 1 ? 'The event' : events.length < eventCount
      ? counted(eventCount, 'event') + (eventCount >= 1000 ? ' or more' : '') + ', ' + events.length + ' of them here'
      : counted(eventCount, 'event')));
    if (events.length === 0) box.append(make('p', 'No event: it fired for what did not come, or its files are gone.', 'quiet'));
    for (const event of events) box.append(eventOf(event));
    if (detail.link !== undefined && detail.link.startsWith('https://')) {
      const line = make('p');
      const link = make('a', 'Open the leading event in the AWS console');
      link.href = detail.link;
      link.rel = 'noopener noreferrer';
      line.append(link);
      box.append(line);
    }
    if (eventCount > 1) {
      const ids = make('details', undefined, 'event');
      ids.append(make('summary', 'Event IDs' + (eventIds.length < eventCount ? ' (the first ' + eventIds.length + ')' : '')));
      box.append(whenOpened(ids, () => quoteOf(eventIds.join('\\n'), 'the event IDs')));
    }
    return box;
  };
  const body = (alert, index) => {
    const detail = detailOf(index);
    const box = make('div', undefined, 'body');
    box.append(factsOf(detail.facts), guideOf(alert, detail), eventsOf(detail));
    return box;
  };

  const rowOf = (index) => {
    const alert = alerts[index];
    const item = make('li');
    const details = make('details', undefined, 'alert');
    const summary = make('summary');
    const words = make('span', undefined, 'words');
    const first = make('span', undefined, 'first');
    first.append(make('b', titleOf(alert.rule)));
    if (alert.fate !== 'told') first.append(make('span', FATES[alert.fate], 'tag'));
    words.append(first, make('span', alert.headline, 'headline'));
    const place = make('span', undefined, 'place');
    place.append(make('span', time(alert.firedMs), 'when'), make('span', accountOf(alert.account)), make('span', alert.region));
    summary.append(make('span', alert.severity, 'badge', alert.severity), words, place);
    details.append(summary);
    item.append(whenOpened(details, () => body(alert, index)));
    return item;
  };
  const FATES = { suppressed: 'suppressed', shadow: 'in shadow', continued: 'told with another', info: 'info' };

  const place = () => {
    for (const index of shown.slice(placed, placed + PAGE)) list.append(rowOf(index));
    placed = Math.min(shown.length, placed + PAGE);
    more.hidden = placed >= shown.length;
    more.textContent = 'Show ' + grouped(Math.min(PAGE, shown.length - placed)) + ' more of ' + grouped(shown.length - placed);
  };

  // The timeline: a row for each rule, a column for each step of time, over all that was read.
  const [from, to] = (() => {
    let [first, last] = span ?? [Infinity, -Infinity];
    for (const { firedMs } of alerts) {
      first = Math.min(first, firedMs);
      last = Math.max(last, firedMs);
    }
    return [first, Math.max(last, first + 1000)];
  })();
  const percent = (ms) => Math.round(1e5 * (ms - from) / (to - from)) / 1e3 + '%';
  const stepOf = (columns) => STEPS.find((step) => (to - from) / step <= columns);

  const strip = (group) => {
    const step = stepOf(COLUMNS);
    const cells = new Map();
    for (const { firedMs, severity } of group) {
      const column = Math.floor(firedMs / step);
      const cell = cells.get(column) ?? { count: 0, worst: 0 };
      cells.set(column, { count: cell.count + 1, worst: Math.max(cell.worst, SEVERITIES.indexOf(severity)) });
    }
    const svg = draw('svg', { class: 'strip', role: 'img', 'aria-label':
      counted(group.length, 'alert') + ', the first ' + time(group[0].firedMs) + ', the last ' + time(group.at(-1).firedMs) });
    const most = Math.max(...[...cells.values()].map(({ count }) => count));
    for (const [column, { count, worst }] of cells) {
      const start = Math.max(from, column * step);
      const rect = draw('rect', {
        x: percent(start), width: percent(from + Math.min(step, to - start)), y: 2, height: 14, rx: 2,
        class: SEVERITIES[worst], 'fill-opacity': 0.45 + (0.55 * count) / most,
      });
      rect.append(draw('title', {}, counted(count, 'alert') + ' from ' + time(column * step)));
      svg.append(rect);
    }
    return svg;
  };
  const axis = () => {
    const step = stepOf(5);
    const svg = draw('svg', { class: 'axis', 'aria-hidden': 'true' });
    for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
      svg.append(draw('line', { x1: percent(at), x2: percent(at), y1: 0, y2: 5 }));
      const part = (at - from) / (to - from);
      const anchor = part < 0.08 ? 'start' : part > 0.92 ? 'end' : 'middle';
      svg.append(draw('text', { x: percent(at), y: 16, 'text-anchor': anchor }, step < DAY ? time(at).slice(5, 16) : time(at).slice(0, 10)));
    }
    return svg;
  };
  const choose = (name, value) => {
    form.elements[name].value = chosen(name) === value ? '' : value;
    show();
  };
  const groupsBy = (of) => {
    const groups = new Map();
    for (const index of shown) {
      const group = groups.get(of(alerts[index]));
      if (group === undefined) groups.set(of(alerts[index]), [alerts[index]]);
      else group.push(alerts[index]);
    }
    return groups;
  };
  const worst = (group) => group.reduce((most, alert) => Math.max(most, level(alert)), 0);
  // Drawn anew, a button keeps the keyboard that it had.
  const choices = new WeakMap();
  let held;
  const chooser = (name, value, label, group) => {
    const button = buttonOf(undefined, () => choose(name, value), 'plain');
    choices.set(button, name + ' ' + value);
    if (held === name + ' ' + value) setTimeout(() => button.focus(), 0);
    button.append(make('span', SEVERITIES[worst(group)], 'dot', SEVERITIES[worst(group)]), make('span', label, 'name'),
      make('span', grouped(group.length), 'count'));
    button.setAttribute('aria-pressed', String(chosen(name) === value));
    return button;
  };

  const timeline = () => {
    const groups = [...groupsBy((alert) => alert.rule)]
      .sort((a, b) => worst(b[1]) - worst(a[1]) || b[1].length - a[1].length);
    held = choices.get(document.activeElement);
    chart.replaceChildren();
    for (const [rule, group] of allRules ? groups : groups.slice(0, RULES)) {
      const item = make('li');
      group.sort((a, b) => a.firedMs - b.firedMs);
      item.append(chooser('rule', rule, titleOf(rule), group), strip(group));
      chart.append(item);
    }
    if (groups.length > 0) {
      const item = make('li');
      item.append(make('span', 'UTC', 'quiet'), axis());
      chart.append(item);
    }
    const rest = byId('all-rules');
    rest.hidden = groups.length <= RULES;
    rest.textContent = allRules ? 'The ' + RULES + ' gravest rules only' : 'All ' + groups.length + ' rules';

    const callers = [...groupsBy((alert) => alert.actor)].sort((a, b) => b[1].length - a[1].length);
    byId('callers').replaceChildren();
    for (const [actor, group] of callers.slice(0, CALLERS)) {
      const item = make('li');
      item.append(chooser('actor', actor, actor, group));
      byId('callers').append(item);
    }
    byId('pictures').hidden = shown.length === 0;
  };
  byId('all-rules').addEventListener('click', () => {
    allRules = !allRules;
    timeline();
  });

  const filtersInWords = () => {
    const severity = chosen('severity');
    return [
      chosen('fate') === 'all' || chosen('fate') === 'told' ? '' : FATES[chosen('fate')],
      severity === 'low' || severity === 'info' ? '' : severity === 'critical' ? severity : severity + ' and above',
      chosen('rule') === '' ? '' : titleOf(chosen('rule')),
      chosen('account') === '' ? '' : 'account ' + accountOf(chosen('account')),
      chosen('actor'),
      chosen('text').trim() === '' ? '' : '\\u201c' + chosen('text').trim() + '\\u201d',
    ].filter((text) => text !== '').join('; ');
  };

  let drawing = 0;
  const show = () => {
    shown = wanted();
    placed = 0;
    list.replaceChildren();
    place();
    // Whoever types waits for the list, not for this.
    clearTimeout(drawing);
    drawing = setTimeout(timeline, 60);
    const filters = filtersInWords();
    byId('status').textContent = counted(shown.length, 'alert') + ' of ' + grouped(alerts.length) +
      (filters === '' ? '' : ': ' + filters);
    byId('none').hidden = shown.length > 0 || alerts.length === 0;
    byId('open-all').hidden = shown.length === 0;
    byId('open-all').textContent = 'Open all listed';
  };
  let waiting = 0;
  form.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 30);
  });
  const reset = () => setTimeout(show, 0);
  form.addEventListener('reset', reset);
  form.addEventListener('submit', (event) => event.preventDefault());
  byId('none-reset').addEventListener('click', () => {
    form.reset();
    form.elements.text.focus();
  });
  more.addEventListener('click', () => {
    const next = placed;
    place();
    // The button goes on below: who uses a keyboard reads on with the first new alert.
    list.children[next]?.children[0]?.children[0]?.focus();
  });
  byId('open-all').addEventListener('click', () => {
    const opens = byId('open-all').textContent === 'Open all listed';
    for (const { children: [details] } of list.children) details.open = opens;
    byId('open-all').textContent = opens ? 'Close all' : 'Open all listed';
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(?:INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    event.preventDefault();
    form.elements.text.focus();
  });
  // Step by step, so that the page answers in between.
  const steps = [
    () => {
      fill('rule', (alert) => alert.rule, titleOf);
      fill('account', (alert) => alert.account, accountOf);
      fill('actor', (alert) => alert.actor, (actor) => actor);
    },
    show,
    prepareAll,
  ];
  const go = () => {
    steps.shift()();
    if (steps.length > 0) setTimeout(go, 0);
  };
  setTimeout(go, 0);
})();
`;
