import session from 'express-session';
import type { SessionData } from 'express-session';

export type StoreMethod = 'get' | 'set' | 'destroy' | 'touch';

type Done = (error?: unknown) => void;
type Got = (error: unknown, data?: SessionData | null) => void;

/** express-session's own memory store, which records what was asked of it and fails on demand. */
export class RecordingStore extends session.MemoryStore {
  readonly calls: { readonly method: StoreMethod; readonly key: string; wasThere: boolean }[] = [];
  private readonly records: Record<string, string> = Object.create(null);
  private readonly failures = new Map<StoreMethod, Error>();
  private delay = 0;

  constructor() {
    super();
    Reflect.set(this, 'sessions', this.records);
  }

  /** From now on, these methods fail. */
  fail(method: StoreMethod, error: Error = new Error(`${method} failed`)): void {
    this.failures.set(method, error);
  }

  mend(): void {
    this.failures.clear();
  }

  /** From now on, `get` answers this many milliseconds later. */
  slowDown(milliseconds: number): void {
    this.delay = milliseconds;
  }

  /** Puts a record into the store as text, whatever is in it. */
  seed(key: string, record: unknown): void {
    this.records[key] = typeof record === 'string' ? record : JSON.stringify(record);
  }

  /** What is stored, parsed. */
  contents(): Record<string, unknown> {
    const entries = Object.entries(this.records);
    return Object.fromEntries(entries.map(([key, text]) => [key, parsed(text)]));
  }

  override get(key: string, callback: Got): void {
    if (!this.record('get', key, callback)) return;
    const answer = (): void => {
      // The store cannot read a record that is not JSON.
      try {
        super.get(key, callback);
      } catch (error) {
        callback(error);
      }
    };
    if (this.delay > 0) setTimeout(answer, this.delay);
    else answer();
  }

  override set(key: string, data: SessionData, callback?: Done): void {
    if (this.record('set', key, callback)) super.set(key, data, callback);
  }

  override destroy(key: string, callback?: Done): void {
    if (this.record('destroy', key, callback)) super.destroy(key, callback);
  }

  override touch(key: string, data: SessionData, callback?: () => void): void {
    if (this.record('touch', key, callback)) super.touch(key, data, callback);
  }

  /** Records a call; false if it was answered with an error. */
  private record(method: StoreMethod, key: string, callback?: Done): boolean {
    this.calls.push({ method, key, wasThere: key in this.records });
    this.emit(method);
    const error = this.failures.get(method);
    if (error !== undefined) setImmediate(() => callback?.(error));
    return error === undefined;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
