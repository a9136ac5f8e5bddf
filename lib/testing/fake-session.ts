import type { Session } from '../edges/session-object/session-object.js';
import { SessionLogger } from '../nest/logging/session.logger.js';
import { SessionContext } from '../nest/session-context.js';
import { createSessionManager } from '../nest/session-manager.factory.js';
import { SessionService } from '../nest/session.service.js';
import { checkOptions } from '../options/check-options.js';
import { CompleteSessionOptions } from '../options/session.options.js';
import type { SessionManager } from '../session/session-manager.js';
import type { RequestSession } from '../session/state/request-session.js';
import { MemoryStoreUnderTest } from './memory-store-under-test.js';
import { optionsUnderTest } from './options-under-test.js';
import { SessionsUnderTest } from './sessions-under-test.js';
import type { SignInOptions } from './sessions-under-test.js';
import { StoreOutage } from './store-outage.js';
import type { TestStore } from './store-outage.js';
import { TestClock } from './test-clock.js';

/** What a fake session is like. */
export interface FakeSessionOptions extends SignInOptions {
  /**
   * Who is signed in.
   * @default nobody
   */
  userId?: string;
}

/** A session without an application, for unit tests of what has one injected. */
export interface FakeSession {
  /**
   * The session as `@Session()` gives it to a handler.
   * @throws SessionUnavailableException once it was ended
   */
  readonly session: Session;
  /**
   * A real `SessionService`, whose calls all act on this session, as in a request that has it. It knows the
   * user's other sessions, of which there are none.
   */
  readonly service: SessionService;
  /** The clock of the session. */
  readonly clock: TestClock;
  /** Makes the store of the session fail, hang and recover. */
  readonly store: TestStore;
}

/** The context of a request that is always running. */
class ContextOf extends SessionContext {
  constructor(
    manager: SessionManager,
    private readonly session: RequestSession,
  ) {
    super(manager);
  }

  override get current(): RequestSession {
    return this.session;
  }
}

/**
 * Makes a session for a unit test, in a memory of its own and with the default options: what `@Session()`
 * gives a handler, and the `SessionService` that a controller has injected.
 * @throws TypeError or RangeError for what `SessionService.login()` would not accept
 */
export async function fakeSession(options: FakeSessionOptions = {}): Promise<FakeSession> {
  const clock = new TestClock();
  const store = new StoreOutage();
  const memory = new MemoryStoreUnderTest(store, clock);
  const chosen = optionsUnderTest({ secret: undefined }, { clock: clock.now }, memory);
  const complete = checkOptions(new CompleteSessionOptions(), chosen);
  const logger = new SessionLogger();
  const manager = createSessionManager(complete, chosen, logger);
  const sessions = new SessionsUnderTest(manager, complete);
  const { userId, data } = options;
  const session =
    userId === undefined ? await sessions.open(options) : await sessions.signIn(userId, options);
  const service = new SessionService(new ContextOf(manager, session), manager, logger);
  if (userId === undefined && data !== undefined) {
    Object.assign(service.current, data);
    await service.save();
  }
  return {
    get session() {
      return service.current;
    },
    service,
    clock,
    store,
  };
}
