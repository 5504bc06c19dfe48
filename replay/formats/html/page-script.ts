/**
 * What runs in the reader's browser: plain JavaScript, hashed into the page's policy. Text of records reaches the page as
 * text only (`textContent`, attributes that no program reads); a link is one that was made and checked before.
 */
export const PAGE_SCRIPT = `
'use strict';
(() => {
  const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'];
  const PAGE = 200;
  const ROWS = 14;
  const COLUMNS = 60;
  const byId = (id) => document.getElementById(id);
  const { alerts, rules } = JSON.parse(byId('data').textContent);
  const form = byId('filters');
  const list = byId('alerts');
  const status = byId('status');
  const more = byId('more');
  const chart = byId('timeline');
  let shown = [];
  let placed = 0;

  const make = (name, text, ...classes) => {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    for (const one of classes) element.classList.add(one);
    return element;
  };
  const draw = (name, attributes, text) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const time = (ms) => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
  const level = ({ severity }) => SEVERITIES.indexOf(severity);
  const titleOf = (id) => (Object.hasOwn(rules, id) ? rules[id].title : id);
  const counted = (count, noun) => count.toLocaleString('en-US') + ' ' + noun + (count === 1 ? '' : 's');

  for (const alert of alerts) {
    alert.words = [alert.alertId, alert.rule, titleOf(alert.rule), alert.actor, alert.account, alert.accountName ?? '',
      alert.region, alert.headline, alert.key, ...alert.eventIds, ...alert.evidence.map((one) => JSON.stringify(one))]
      .join('\\n').toLowerCase();
  }

  const fill = (name, of) => {
    const counts = new Map();
    for (const alert of alerts) counts.set(of(alert), (counts.get(of(alert)) ?? 0) + 1);
    const select = form.elements[name];
    for (const [value, count] of [...counts].sort((a, b) => b[1] - a[1])) {
      const option = make('option', (name === 'rule' ? titleOf(value) : value) + ' (' + count + ')');
      option.value = value;
      select.append(option);
    }
  };
  fill('rule', (alert) => alert.rule);
  fill('account', (alert) => alert.account);
  fill('actor', (alert) => alert.actor);

  const isKind = {
    told: (alert) => alert.fate === 'told',
    silent: (alert) => alert.fate !== 'told',
    suppressed: (alert) => alert.fate === 'suppressed',
    shadow: (alert) => alert.fate === 'shadow',
    all: () => true,
  };

  const wanted = () => {
    const value = (name) => form.elements[name].value;
    const words = value('text').toLowerCase().split(/\\s+/).filter((word) => word !== '');
    const least = SEVERITIES.indexOf(value('severity'));
    const kind = isKind[value('fate')];
    return alerts.filter((alert) =>
      level(alert) >= least && kind(alert) &&
      (value('rule') === '' || alert.rule === value('rule')) &&
      (value('account') === '' || alert.account === value('account')) &&
      (value('actor') === '' || alert.actor === value('actor')) &&
      words.every((word) => alert.words.includes(word)));
  };

  const pairs = (entries) => {
    const box = make('dl');
    for (const [name, text] of entries) {
      if (text === undefined || text === '') continue;
      box.append(make('dt', name), make('dd', text));
    }
    return box;
  };
  const bullets = (kind, texts) => {
    const box = make(kind);
    for (const text of texts) box.append(make('li', text));
    return box;
  };
  const copyOf = (pre) => {
    const button = make('button', 'Copy');
    button.type = 'button';
    button.addEventListener('click', () => {
      const done = () => { button.textContent = 'Copied'; };
      const select = () => { getSelection().selectAllChildren(pre); button.textContent = 'Press Ctrl-C'; };
      if (navigator.clipboard === undefined) select();
      else navigator.clipboard.writeText(pre.textContent).then(done, select);
    });
    return button;
  };

  const body = (alert) => {
    const rule = Object.hasOwn(rules, alert.rule) ? rules[alert.rule] : undefined;
    const lead = alert.evidence[0];
    const caller = lead === undefined ? {} : lead.caller;
    const box = make('div', undefined, 'body');
    box.append(pairs([
      ['Who', alert.actor],
      ['Session', caller.sessionName],
      ['Source identity', caller.sourceIdentity],
      ['From', caller.sourceIp ?? caller.sourceService],
      ['Agent', caller.userAgent],
      ['Where', alert.account + (alert.accountName === undefined ? '' : ' (' + alert.accountName + ')') + ', ' + alert.region],
      ['When', time(alert.firstEventMs) + ' to ' + time(alert.lastFiringMs) + ' UTC'],
      ['How much', String(alert.count)],
      ['Counted for', alert.key],
      ['Suppressed by', alert.suppressed ?? undefined],
      ['Continues', alert.continues ?? undefined],
      ['Alert', alert.alertId],
    ]));
    if (rule !== undefined) {
      box.append(make('h3', 'Why it matters'), make('p', rule.why));
      box.append(make('h3', 'What to do'), bullets('ol', rule.runbook));
      box.append(make('h3', 'It may be harmless'), bullets('ul', rule.falsePositives));
      box.append(make('p', 'Rule ' + alert.rule + ', ATT&CK ' + rule.attack.join(', '), 'quiet'));
    }
    if (alert.stanza !== undefined) {
      const pre = make('pre', alert.stanza);
      box.append(make('h3', 'To suppress it, under suppressions: in trailhound.yaml'), pre, copyOf(pre));
    }
    box.append(make('h3', 'Events: ' + counted(alert.eventCount, 'event') + ', samples of them'));
    if (alert.link !== undefined && alert.link.startsWith('https://')) {
      const link = make('a', 'The first one in the AWS console');
      link.href = alert.link;
      link.rel = 'noopener noreferrer';
      box.append(link);
    }
    box.append(make('pre', alert.evidence.map((one) => JSON.stringify(one, null, 2)).join('\\n')));
    if (alert.eventIds.length > 0) box.append(make('p', 'Event IDs: ' + alert.eventIds.join(' '), 'quiet'));
    return box;
  };

  const row = (alert) => {
    const details = make('details');
    const summary = make('summary');
    summary.append(make('b', alert.severity.toUpperCase(), alert.severity), make('b', titleOf(alert.rule)));
    if (alert.fate !== 'told') summary.append(make('span', alert.fate));
    summary.append(make('span', alert.headline, 'quiet'));
    summary.append(make('span', time(alert.firstEventMs) + ' UTC, ' + alert.account + ' ' + alert.region, 'quiet'));
    details.append(summary);
    // Made when somebody looks: thousands of them would take long, and nobody reads them all.
    details.addEventListener('toggle', () => {
      if (details.open && details.children.length === 1) details.append(body(alert));
    });
    return details;
  };

  const place = () => {
    for (const alert of shown.slice(placed, placed + PAGE)) list.append(row(alert));
    placed = Math.min(shown.length, placed + PAGE);
    more.hidden = placed >= shown.length;
    more.textContent = 'Show more (' + counted(shown.length - placed, 'alert') + ' left)';
  };

  const timeline = () => {
    const groups = new Map();
    let from = Infinity;
    let to = -Infinity;
    for (const alert of shown) {
      const group = groups.get(alert.rule);
      if (group === undefined) groups.set(alert.rule, [alert]);
      else group.push(alert);
      from = Math.min(from, alert.firstFiringMs);
      to = Math.max(to, alert.firstFiringMs);
    }
    const worst = (group) => group.reduce((most, alert) => Math.max(most, level(alert)), 0);
    const rows = [...groups].sort((a, b) => worst(b[1]) - worst(a[1]) || b[1].length - a[1].length);
    const lines = rows.slice(0, ROWS);
    const height = 18 * lines.length + 22;
    const left = 330;
    const width = 1000;
    const step = Math.max(1, (to - from + 1) / COLUMNS);
    chart.setAttribute('viewBox', '0 0 ' + width + ' ' + height);
    chart.replaceChildren();
    lines.forEach(([rule, group], index) => {
      const top = index * 18;
      const title = titleOf(rule);
      chart.append(draw('text', { x: 0, y: top + 13 }, (title.length > 48 ? title.slice(0, 47) + '\\u2026' : title) + ' (' + group.length + ')'));
      chart.append(draw('line', { x1: left, x2: width, y1: top + 17, y2: top + 17 }));
      const cells = new Map();
      for (const alert of group) {
        const column = Math.floor((alert.firstFiringMs - from) / step);
        const cell = cells.get(column) ?? { count: 0, worst: 0 };
        cells.set(column, { count: cell.count + 1, worst: Math.max(cell.worst, level(alert)) });
      }
      const most = Math.max(...[...cells.values()].map(({ count }) => count));
      for (const [column, cell] of cells) {
        const rect = draw('rect', {
          x: left + (column * (width - left)) / COLUMNS, y: top + 2, width: (width - left) / COLUMNS - 1, height: 13,
          class: SEVERITIES[cell.worst], 'fill-opacity': 0.35 + (0.65 * cell.count) / most,
        });
        rect.append(draw('title', {}, title + ': ' + counted(cell.count, 'alert') + ' from ' + time(from + column * step)));
        chart.append(rect);
      }
    });
    if (lines.length > 0) {
      chart.append(draw('text', { x: left, y: height - 6 }, time(from)));
      chart.append(draw('text', { x: width, y: height - 6, 'text-anchor': 'end' }, time(to) + ' UTC'));
    }
    const left_out = rows.length - lines.length;
    byId('timeline-more').textContent = left_out > 0 ? counted(left_out, 'more rule') + ' below the most severe' : '';
    chart.setAttribute('aria-label', 'Alerts over time of ' + counted(rows.length, 'rule') + ', as the list below has them');
  };

  const show = () => {
    shown = wanted();
    placed = 0;
    list.replaceChildren();
    place();
    timeline();
    status.textContent = counted(shown.length, 'alert') + ' of ' + alerts.length.toLocaleString('en-US');
  };
  let waiting = 0;
  form.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 80);
  });
  form.addEventListener('reset', () => setTimeout(show, 0));
  form.addEventListener('submit', (event) => event.preventDefault());
  more.addEventListener('click', place);
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.target.tagName === 'INPUT') return;
    event.preventDefault();
    form.elements.text.focus();
  });
  show();
})();
`;
