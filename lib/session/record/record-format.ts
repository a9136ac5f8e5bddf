import type { SessionSettings } from '../../options/session-settings.js';
import { asError } from '../../reporting/thrown.js';
import type { RecordCodec, StoredRecord } from '../../stores/session-store.js';
import type { EndReason, TimeoutReason } from './absence.js';
import { EncryptedRecords } from './encrypted-records.js';
import { mayBeSuccessorMark, reasonOnTombstone, successorOnMark } from './marks.js';
import type { Successor } from './marks.js';
import { parseRecord } from './record-json.js';
import type { SessionRecord } from './session-record.js';
import { timeoutReason } from './timeouts.js';

/** What is under a key. */
export type OpenedRecord =
  | { readonly is: 'absent' }
  | { readonly is: 'live'; readonly record: SessionRecord }
  | { readonly is: 'expired'; readonly record: SessionRecord; readonly reason: TimeoutReason }
  | { readonly is: 'ended'; readonly reason: EndReason }
  | { readonly is: 'rotated'; readonly successor: Successor }
  /** No session for this instance. Another one may have the key that opens it. */
  | { readonly is: 'unreadable'; readonly cause: Error };

const ABSENT: OpenedRecord = { is: 'absent' };

/** How records are written as payloads and read again. Payloads are opened here only. */
export class RecordFormat {
  private readonly codec: RecordCodec | undefined;

  /** @param codec the store's own format, if it has one */
  constructor(
    private readonly settings: SessionSettings,
    codec: RecordCodec | undefined,
  ) {
    const { encryptionKeys, clock } = settings;
    this.codec = encryptionKeys ? new EncryptedRecords(encryptionKeys, clock) : codec;
  }

  /** True if a payload is the text of the record itself. */
  get isPlain(): boolean {
    return this.codec === undefined;
  }

  /** @param former the payload that it replaces, if any */
  payloadOf(text: string, key: string, former?: string): string {
    return this.codec === undefined ? text : this.codec.seal(text, key, former);
  }

  /** Returns a mark as it is stored under a key. */
  sealed({ payload, expiresAt }: StoredRecord, key: string, former?: string): StoredRecord {
    return { payload: this.payloadOf(payload, key, former), expiresAt };
  }

  /** Returns the text of a payload. Throws if the payload does not have this format. */
  textOf(payload: string, key: string): string {
    return this.codec === undefined ? payload : this.codec.open(payload, key);
  }

  /** Returns what is in a payload; never throws. */
  open(payload: string | undefined, key: string): OpenedRecord {
    if (payload === undefined) return ABSENT;
    try {
      const text = this.textOf(payload, key);
      const reason = reasonOnTombstone(text);
      if (reason !== undefined) return { is: 'ended', reason };
      const successor = successorOnMark(text);
      if (successor !== undefined) return this.markOrAbsent(successor);
      return this.liveOrExpired(text);
    } catch (thrown) {
      return { is: 'unreadable', cause: asError(thrown) };
    }
  }

  /** Returns the record of a live session; `undefined` for anything else. */
  liveRecord(payload: string | undefined, key: string): SessionRecord | undefined {
    const opened = this.open(payload, key);
    return opened.is === 'live' ? opened.record : undefined;
  }

  /** False for a payload that is certainly no mark. */
  mayBeMark(payload: string): boolean {
    return !this.isPlain || mayBeSuccessorMark(payload);
  }

  /** Opens a mark, which counts until its own end: a store may keep it longer. */
  private markOrAbsent(successor: Successor): OpenedRecord {
    return successor.until > this.settings.clock() ? { is: 'rotated', successor } : ABSENT;
  }

  private liveOrExpired(text: string): OpenedRecord {
    const now = this.settings.clock();
    const record = parseRecord(text, now);
    const reason = timeoutReason(record, this.settings, now);
    return reason === undefined ? { is: 'live', record } : { is: 'expired', record, reason };
  }
}

/** True if no instance can turn it into a live session any more. */
export function isOver({ is }: OpenedRecord): boolean {
  return is === 'absent' || is === 'ended' || is === 'expired';
}
