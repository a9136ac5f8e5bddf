import { SessionLogger } from '../nest/logging/session.logger.js';
import { createSessionManager } from '../nest/session-manager.factory.js';
import {
  CHECKED_OPTIONS,
  CHOSEN_OPTIONS,
  GIVEN_OPTIONS,
} from '../nest/session.module-definition.js';
import type { CompleteSessionOptions, SessionModuleOptions } from '../options/session.options.js';
import type { SessionEvent } from '../session/events.js';
import { SessionManager } from '../session/session-manager.js';
import { MemoryStoreUnderTest } from './memory-store-under-test.js';
import { discardStore, optionsUnderTest } from './options-under-test.js';
import type { SessionTestingOptions } from './options-under-test.js';
import { SessionsUnderTest } from './sessions-under-test.js';
import type { SignInOptions } from './sessions-under-test.js';
import { SignedIn } from './signed-in.js';
import { StoreOutage } from './store-outage.js';
import type { TestStore } from './store-outage.js';
import { TestClock } from './test-clock.js';

/** The part that is used of Nest's `TestingModuleBuilder`, which `Test.createTestingModule()` makes. */
export interface OverridableModule {
  /** Begins to replace a provider. */
  overrideProvider(token: unknown): {
    /** Replaces it with what a function returns. */
    useFactory(provider: OverridingFactory): unknown;
  };
}

/** What makes a provider that replaces another. */
export interface OverridingFactory {
  /** Makes it, from what `inject` names. */
  factory(...dependencies: unknown[]): unknown;
  /** The tokens of what it is made from. */
  inject: unknown[];
}

/** Options of `SessionTesting.signIn()`. */
export interface TestSignInOptions extends SignInOptions {
  /**
   * The name of the cookie, if the application has several `SessionModule`s.
   * @default the name of the only one
   */
  cookieName?: string;
}

/**
 * The sessions of an application under test: in memory, by a clock that stands still until the test moves
 * it, and otherwise as the application set them up. What a test does with them goes through the real
 * lifecycle, so caps, timeouts, freshness and revocation are as in production.
 */
export class SessionTesting {
  /** The clock of all sessions. */
  readonly clock: TestClock;
  /** Makes the store fail, hang and recover. */
  readonly store: TestStore;
  private readonly outage = new StoreOutage();
  private readonly chosen: SessionTestingOptions;
  private readonly happened: SessionEvent[] = [];
  private readonly stores: MemoryStoreUnderTest[] = [];
  private readonly modules = new Map<string, SessionsUnderTest>();

  /**
   * @param options what the test sets in place of the application's options. A `clock` among them is what the
   * kit's clock counts from: `() => Date.now()` makes it follow the fake timers of a test runner.
   */
  constructor({ clock, ...options }: SessionTestingOptions = {}) {
    this.clock = new TestClock(clock);
    this.store = this.outage;
    this.chosen = { ...options, clock: this.clock.now };
  }

  /** What has happened to sessions, in order, since this was made or {@link reset}. */
  get events(): readonly SessionEvent[] {
    return this.happened;
  }

  /**
   * Makes the application of a testing module keep its sessions here. Its own factory of options still runs.
   * A store that it makes is closed at once and replaced, unless that is a `SealedCookieStore`; a secret that
   * it lacks is made up.
   * @param builder what `Test.createTestingModule()` returned
   * @returns the same builder, to be compiled
   */
  override<Builder extends OverridableModule>(builder: Builder): Builder {
    builder.overrideProvider(CHOSEN_OPTIONS).useFactory({
      factory: (given: SessionModuleOptions | undefined) => this.optionsFor(given),
      inject: [GIVEN_OPTIONS],
    });
    builder.overrideProvider(SessionManager).useFactory({
      factory: (options: CompleteSessionOptions, chosen: object, logger: SessionLogger) =>
        this.attach(options, chosen, logger),
      inject: [CHECKED_OPTIONS, CHOSEN_OPTIONS, SessionLogger],
    });
    return builder;
  }

  /**
   * Signs a user in, as a request to the application would by `SessionService.login()`: the session is
   * stored, listed and counted under `limit`. The application needs no route for it, and is not asked.
   * @param userId as for `login()`
   * @throws SessionLimitException if `limit` refuses one more
   * @throws SessionStoreUnavailableException while the store fails or hangs
   * @throws TypeError or RangeError for what `login()` would not accept
   */
  async signIn(userId: string, options: TestSignInOptions = {}): Promise<SignedIn> {
    const sessions = this.moduleWith(options.cookieName);
    const session = await sessions.signIn(userId, options);
    const setCookie = sessions.manager.cookies.setCookieFor(session) ?? '';
    return new SignedIn(userId, session.handle, setCookie, options.userAgent);
  }

  /**
   * Forgets all sessions and events, puts the clock back, and makes the store work: for tests that share an
   * application.
   */
  async reset(): Promise<void> {
    this.store.recover();
    this.clock.reset();
    await Promise.all(this.stores.map((store) => store.empty()));
    this.happened.length = 0;
  }

  private optionsFor(given: SessionModuleOptions | undefined): SessionModuleOptions | undefined {
    if (typeof given !== 'object' || given === null) return given; // an error at boot will say so
    void discardStore(given);
    const store = new MemoryStoreUnderTest(this.outage, this.clock);
    this.stores.push(store);
    return optionsUnderTest(given, this.chosen, store);
  }

  private attach(
    options: CompleteSessionOptions,
    chosen: object,
    logger: SessionLogger,
  ): SessionManager {
    const manager = createSessionManager(options, chosen, logger);
    this.modules.set(options.name, new SessionsUnderTest(manager, options));
    logger.events.subscribe((event) => this.happened.push(event));
    return manager;
  }

  private moduleWith(cookieName: string | undefined): SessionsUnderTest {
    const names = [...this.modules.keys()];
    const [first] = names;
    const name = cookieName ?? (names.length === 1 ? first : undefined);
    const found = name === undefined ? undefined : this.modules.get(name);
    if (found !== undefined) return found;
    throw new Error(
      names.length === 0
        ? 'There is no application to sign in to: compile what sessions.override(Test.createTestingModule({ imports: [AppModule] })) returns, where AppModule imports SessionModule.forRoot().'
        : `No single SessionModule was meant: set cookieName to one of ${names.join(', ')}.`,
    );
  }
}
