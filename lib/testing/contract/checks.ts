import assert from 'node:assert/strict';
import type { ReadRecord, ReplaceOutcome, Version, Written } from '../../stores/session-store.js';

type Outcome = ReplaceOutcome | 'taken' | 'busy';

/**
 * Asserts that both are the same as JSON: neither the class of a store's answer nor a property that is
 * `undefined` matters.
 */
export function same(actual: unknown, expected: unknown, message?: string): void {
  assert.deepEqual(plain(actual), plain(expected), message);
}

export function isWritten(outcome: Outcome): outcome is Written {
  return typeof outcome === 'object' && 'version' in outcome;
}

/** Returns the version of what was written; throws if nothing was. */
export function versionOf(outcome: Outcome): Version {
  if (isWritten(outcome)) return outcome.version;
  return assert.fail(`expected a version, but the outcome is ${JSON.stringify(outcome)}`);
}

/** Returns what is there instead of what was to be replaced; throws if there is no conflict. */
export function conflictOf(outcome: Outcome): ReadRecord {
  if (typeof outcome === 'object' && 'conflict' in outcome) return outcome.conflict;
  return assert.fail(`expected a conflict, but the outcome is ${JSON.stringify(outcome)}`);
}

function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
