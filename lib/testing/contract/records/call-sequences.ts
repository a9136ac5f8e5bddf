import type {
  ReadRecord,
  ReplaceOutcome,
  Version,
  Written,
} from '../../../stores/session-store.js';
import { isWritten, same } from '../checks.js';
import { RandomChoices } from '../random-choices.js';
import { keyFor } from '../store-subject.js';
import type { StoreSubject } from '../store-subject.js';

const MOST_CALLS = 20;

/** What the model holds of a record: what was read, and the version that its write returned. */
interface Held {
  readonly found: ReadRecord;
  readonly written: Version;
}

/** A call to be made, and what the model knows of the record it is about. */
interface Call {
  readonly operation: 'create' | 'replace' | 'remove' | 'removeVersion';
  readonly key: string;
  readonly version: Version;
  readonly held: Held | undefined;
  /** True if the record is there and has the version. */
  readonly isMet: boolean;
  readonly step: number;
}

/** Asserts that a store does what a plain map would do, through a sequence of calls that the seed decides. */
export async function tryCalls(subject: StoreSubject, seed: number): Promise<void> {
  const choices = new RandomChoices(seed);
  const model = new Map<string, Held>();
  /** Every version that ever was under a key: what a request may still have read there. */
  const past = new Map<string, Version[]>();
  const count = choices.below(MOST_CALLS + 1);
  for (let step = 0; step < count; step += 1) {
    const key = keyFor(`${choices.of('a', 'b')} of sequence ${seed}`);
    const held = model.get(key);
    const stale = (past.get(key) ?? []).filter(
      (version) => version !== held?.written && version !== held?.found.version,
    );
    const given = choices.of('written', 'read', 'stale');
    const current = given === 'written' ? held?.written : held?.found.version;
    const version = (given === 'stale' ? stale.at(-1) : current) ?? 'never stored';
    const operation = choices.of<Call['operation']>(
      'create',
      'replace',
      'replace',
      'remove',
      'removeVersion',
    );
    const isMet = held !== undefined && given !== 'stale';
    const outcome = await make(subject, { operation, key, version, held, isMet, step });
    if (outcome === 'removed') model.delete(key);
    const found = await subject.store.read(key);
    if (typeof outcome === 'string' || found === undefined) {
      same(found, model.get(key)?.found);
      continue;
    }
    same(subject.said(found), { step });
    model.set(key, { found, written: outcome.version });
    past.set(key, [...(past.get(key) ?? []), outcome.version, found.version]);
  }
}

/** Makes a call, and asserts what it returns. */
async function make(subject: StoreSubject, call: Call): Promise<Written | 'removed' | 'refused'> {
  const { store } = subject;
  const { operation, key, version, held, isMet } = call;
  const refusal = held === undefined ? 'gone' : { conflict: held.found };
  const next = subject.record({ step: call.step });
  switch (operation) {
    case 'create':
      return written(await store.create(key, next), held === undefined, 'taken');
    case 'replace':
      return written(await store.replace(key, version, next), isMet, refusal);
    case 'removeVersion':
      same(await store.remove(key, version), isMet ? 'removed' : refusal);
      return isMet ? 'removed' : 'refused';
    case 'remove':
      same(await store.remove(key), held === undefined ? 'gone' : 'removed');
      return 'removed';
  }
}

function written(
  outcome: ReplaceOutcome | 'taken' | 'busy',
  isDue: boolean,
  refusal: unknown,
): Written | 'refused' {
  if (isDue && isWritten(outcome)) return outcome;
  same(outcome, isDue ? '(written)' : refusal);
  return 'refused';
}
