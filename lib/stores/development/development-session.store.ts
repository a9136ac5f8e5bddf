import { randomBytes } from 'node:crypto';
import { brand } from '../../copies/brand.js';
import { MEMORY_OPTION_RULES } from '../memory/memory-options.rule.js';
import { MemorySessionStore } from '../memory/memory-session.store.js';
import type { MemorySessionStoreOptions } from '../memory/memory-session.store.js';
import type {
  EntryOutcome,
  IndexedSessionStore,
  Move,
  MoveOutcome,
  ReadRecord,
  RemoveOutcome,
  ReplaceOutcome,
  StoredRecord,
  UserIndex,
  Version,
  Written,
} from '../session-store.js';
import { checkStoreOptions } from '../store-options.js';
import type { StoreOptionRules } from '../store-options.js';
import { SessionFile } from './session-file.js';

/** Options of {@link DevelopmentSessionStore}. */
export interface DevelopmentSessionStoreOptions extends MemorySessionStoreOptions {
  /**
   * The file. A relative path starts from the folder in which the process was started. Keep the file out of
   * version control, and away from whatever restarts the application when a file changes.
   * @default 'node_modules/.cache/nestjs-sesame/sessions.json'
   */
  file?: string | undefined;
}

const DEVELOPMENT_OPTIONS: StoreOptionRules = {
  store: 'DevelopmentSessionStore',
  example: '{ file }',
  rules: {
    file: {
      holds: (value) => typeof value === 'string' && value !== '',
      remedy: 'Give the path of a file',
    },
    ...MEMORY_OPTION_RULES,
  },
};

const DEFAULT_FILE = 'node_modules/.cache/nestjs-sesame/sessions.json';

/**
 * Keeps sessions in memory, and a copy of all of them in a file, so that during development they survive a
 * restart, such as by `nest start --watch`. A change is in the file before it is answered, however the
 * process ends. Each change writes the whole file. Only one process may use a file at a time.
 */
export class DevelopmentSessionStore implements IndexedSessionStore {
  static {
    brand(this, 'DevelopmentSessionStore');
  }

  /**
   * A random secret for the `secret` option. It stays the same across restarts, since cookies must still
   * verify then. `undefined` if `NODE_ENV` is `production`, so that nothing starts with it there.
   */
  readonly secret: string | undefined;

  /** Which sessions a user has. */
  readonly users: UserIndex = {
    add: async (userId, entry, limit) => {
      const outcome: EntryOutcome = await this.memory.users.add(userId, entry, limit);
      return this.kept(outcome, outcome !== 'full');
    },
    update: async (userId, entry, formerKey) => {
      const isUpdated = await this.memory.users.update(userId, entry, formerKey);
      return this.kept(isUpdated, isUpdated);
    },
    remove: async (userId, key) => {
      const isRemoved = await this.memory.users.remove(userId, key);
      return this.kept(isRemoved, isRemoved);
    },
    list: (userId) => this.memory.users.list(userId),
  };
  private readonly memory: MemorySessionStore;
  private readonly file: SessionFile;
  private readonly keptSecret: string;
  private readonly unheard: string[] = [];
  private readonly listeners: ((advice: string) => void)[] = [];
  private writing: Promise<void> = Promise.resolve();
  private due: Promise<void> | undefined;

  /**
   * @throws RangeError when `max` is not a whole number above zero
   * @throws TypeError when another option is unknown or wrong
   */
  constructor(options: DevelopmentSessionStoreOptions = {}) {
    const { file = DEFAULT_FILE, ...others } = checkStoreOptions(DEVELOPMENT_OPTIONS, options);
    this.memory = new MemorySessionStore(others);
    this.file = new SessionFile(file, (advice) => this.tell(advice));
    const found = this.file.load();
    if (found !== undefined) this.memory.restore(found);
    this.keptSecret = found?.secret ?? randomBytes(32).toString('base64url');
    const isProduction = process.env['NODE_ENV'] === 'production';
    this.secret = isProduction ? undefined : this.keptSecret;
    if (isProduction) this.tell(NOT_FOR_PRODUCTION);
  }

  /** Returns the record under a key, unless it has expired. */
  read(key: string): Promise<ReadRecord | undefined> {
    return this.memory.read(key);
  }

  async create(key: string, record: StoredRecord): Promise<Written | 'taken'> {
    const outcome = await this.memory.create(key, record);
    return this.kept(outcome, outcome !== 'taken');
  }

  async replace(key: string, version: Version, record: StoredRecord): Promise<ReplaceOutcome> {
    const outcome = await this.memory.replace(key, version, record);
    return this.kept(outcome, typeof outcome === 'object' && 'version' in outcome);
  }

  async remove(key: string, version?: Version): Promise<RemoveOutcome> {
    const outcome = await this.memory.remove(key, version);
    return this.kept(outcome, outcome === 'removed');
  }

  async put(key: string, record: StoredRecord): Promise<void> {
    await this.memory.put(key, record);
    await this.kept(undefined, true);
  }

  async move(move: Move): Promise<MoveOutcome> {
    const outcome = await this.memory.move(move);
    return this.kept(outcome, typeof outcome === 'object' && 'moved' in outcome);
  }

  /** Calls back whenever the store is full and drops the session of a user before it expires. */
  onDrop(listener: () => void): void {
    this.memory.onDrop(listener);
  }

  /** Reports what the developer should look into, now and later. */
  advise(tell: (advice: string) => void): void {
    this.listeners.push(tell);
    for (const advice of this.unheard.splice(0)) tell(advice);
  }

  /** Waits until everything is in the file. */
  async close(): Promise<void> {
    await (this.due ?? this.writing);
    await this.memory.close();
  }

  /** Returns the outcome of a change once it is in the file. Simultaneous changes share one write. */
  private async kept<T>(outcome: T, isChanged: boolean): Promise<T> {
    if (!isChanged) return outcome;
    await (this.due ??= this.writing.then(() => {
      this.due = undefined;
      this.writing = this.file.save({ secret: this.keptSecret, ...this.memory.snapshot() });
      return this.writing;
    }));
    return outcome;
  }

  private tell(advice: string): void {
    if (this.listeners.length === 0) this.unheard.push(advice);
    for (const tell of this.listeners) tell(advice);
  }
}

const NOT_FOR_PRODUCTION =
  'Sessions are kept by DevelopmentSessionStore, which writes all of them to a file with each change and shares them with no other instance. Use a Redis or database store in production.';
