import type { SessionSettings } from '../options/session-settings.js';
import { isSessionSeal } from '../stores/session-seal.js';
import type { SessionSeal } from '../stores/session-seal.js';
import type { SessionStore } from '../stores/session-store.js';
import type { Emit, SessionObserver } from './events.js';
import { RecordDrafts } from './record-draft.js';
import { OwnRecords } from './record/own-records.js';
import { RecordFormat } from './record/record-format.js';
import type { BoundedIndex } from './storage/bounded-index.js';
import { BoundedStore } from './storage/bounded-store.js';
import { NULL_STORE } from './storage/null-store.js';
import { PendingWork } from './storage/pending-work.js';
import { SealedRecords } from './token/sealed-records.js';
import type { SessionTokens } from './token/session-token.js';
import { SignedIds } from './token/signed-ids.js';

/** What all parts of the lifecycle work with. */
export interface Lifecycle {
  readonly settings: SessionSettings;
  readonly store: BoundedStore;
  /** Which sessions a user has; `undefined` if the store keeps no index. */
  readonly index: BoundedIndex | undefined;
  readonly tokens: SessionTokens;
  readonly format: RecordFormat;
  readonly records: OwnRecords;
  readonly drafts: RecordDrafts;
  readonly pending: PendingWork;
  readonly observer: SessionObserver;
  readonly emit: Emit;
}

/** @param place where sessions are kept: a store, or the seal of cookies that carry the records */
export function createLifecycle(
  settings: SessionSettings,
  place: SessionStore | SessionSeal,
  observer: SessionObserver,
  emit: Emit,
): Lifecycle {
  const isSealed = isSessionSeal(place);
  const store = new BoundedStore(isSealed ? NULL_STORE : place, settings.storeTimeout, (cause) => {
    emit({ type: 'storeFailed', cause });
  });
  const index = store.indexed;
  const format = new RecordFormat(settings, isSealed ? undefined : place.codec);
  // With ids in clear, other programs may write the records too, and would copy a revision.
  const wantsRevision = !isSealed && place.wantsRevision === true;
  const hasRevisions = wantsRevision && settings.hashIds && format.isPlain;
  return {
    settings,
    store,
    index,
    tokens: isSealed ? new SealedRecords(settings, place) : new SignedIds(settings),
    format,
    records: new OwnRecords(settings, format, store, observer, emit),
    drafts: new RecordDrafts(settings, format, index !== undefined, hasRevisions),
    pending: new PendingWork(),
    observer,
    emit,
  };
}
