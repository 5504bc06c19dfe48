import * as fc from 'fast-check';
import { json } from '../../replay/formats/data';
import { alertJson, type ReplayAlert } from '../../replay/replay-alert';

/** An alert whose texts may hold anything, line ends too. */
const anyAlert = fc.string({ unit: 'binary' }).map(
  (said): ReplayAlert => ({
    alertId: said,
    rule: 'cloudtrail-stopped',
    severity: 'high',
    mode: 'live',
    suppressed: null,
    actor: `\n  ${said}`,
    account: '111122223333',
    region: 'eu-west-1',
    firstEventMs: 0,
    firstFiringMs: 0,
    lastFiringMs: 1_000,
    count: 1,
    eventIds: [],
    continues: null,
    key: said,
    multiple: 1,
    headline: `two\n${said}\nlines`,
    evidence: [],
  }),
);

test('JSON alert by alert is the JSON of the list', () => {
  fc.assert(
    fc.property(fc.array(anyAlert, { maxLength: 3 }), (alerts) => {
      expect(json(alerts)).toBe(`${JSON.stringify(alerts.map(alertJson), null, 2)}\n`);
    }),
  );
});
