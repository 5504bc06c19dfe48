/**
 * All that a rule is written with, in one import. Rules that live outside of this repository have it as `trailhound`; see
 * docs/configuration.md, rules of your own.
 */
export { agentContains, invokedBy } from '../intake/caller';
export { asArray, at, document, fieldsOf, flag, isOmitted, numeric, pick, text } from '../intake/fields';
export { isRequestUnseen, requestOf } from '../intake/request';
export type { Outcome, TrailEvent } from '../intake/trail-event';
export { accountIn, isOutside } from './accounts';
export { type Act, type Acts, act, actRule, where } from './acts';
export { actorAndTool, actorKey, fromClient, fromConsole, isAutomated, lessIfAutomated, whereFrom } from './callers';
export { anyGlobMatches, globMatches } from './glob';
export { DAY, defineRule, type Examples, HOUR, type Match, MINUTE, type Rule, SECOND } from './rule';
export { but, byService, call, consoleLogin, denied, later, repeat, role, root, user } from './sample';
export type { Settings } from './settings';
export { type Severity, shifted } from './severity';
