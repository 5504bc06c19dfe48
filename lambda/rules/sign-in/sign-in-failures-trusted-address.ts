import { defineRule, type Examples, MINUTE } from '../rule';
import { consoleLogin, later, repeat } from '../sample';
import base from './sign-in-failures-address';
import { failed, fromTrustedNetwork } from './sign-ins';

/** The twin of sign-in-failures-address for networks that many people share. */
export default defineRule({
  ...base,
  id: 'sign-in-failures-trusted-address',
  title: 'Many failed sign-ins from a trusted network',
  when: (event, settings) => failed(event) && fromTrustedNetwork(event, settings),
  window: {
    kind: 'count',
    per: (event) => event.sourceIp,
    threshold: 30,
    withinMs: 10 * MINUTE,
    unit: 'failed sign-ins from one address',
  },
  why: 'So many failures are more than an office forgets in ten minutes: a machine inside your network may be guessing.',
  falsePositives: ['A large office behind one address on the morning after a password change.'],
});

export const examples = (): Examples => {
  const settings = { trustedNetworks: ['198.51.100.0/24'] };
  const failure = consoleLogin('alice', 'Failure');
  return {
    fires: [
      { why: 'thirty failures in five minutes', timeline: repeat(failure, 30, 10_000), settings, severity: 'medium' },
      {
        why: 'the thirtieth comes one second before the window closes',
        timeline: [...repeat(failure, 29, 10_000), later(failure, 10 * MINUTE - 1_000)],
        settings,
      },
      {
        why: 'an IPv6 network',
        timeline: repeat(failure, 30, 10_000, () => ({ sourceIPAddress: '2001:db8:12::7' })),
        settings: { trustedNetworks: ['2001:db8:12::/48'] },
      },
    ],
    quiet: [
      { why: 'twenty-nine', timeline: repeat(failure, 29, 10_000), settings },
      {
        why: 'the thirtieth comes when the window has closed',
        timeline: [...repeat(failure, 29, 10_000), later(failure, 10 * MINUTE)],
        settings,
      },
      { why: 'thirty, but the network is not trusted', timeline: repeat(failure, 30, 10_000) },
    ],
  };
};
