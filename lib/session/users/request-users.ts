import { AsyncLocalStorage } from 'node:async_hooks';
import type { SessionUser, UserLoader } from '../../options/session-user.js';
import { SessionUnusableError, UserGoneError } from '../errors.js';
import type { RequestSession } from '../state/request-session.js';

/** A call of `loadUser`. */
interface LookUp {
  /** Whose user is looked up; unset once that is over, for what goes on after it. */
  session: RequestSession | undefined;
}

/** The users of requests, as `loadUser` returns them; it is called once a request, if need be. */
export class RequestUsers {
  /** The look-up on behalf of which a piece of code runs. */
  private readonly lookups = new AsyncLocalStorage<LookUp>();

  /** @param expel ends the session of a user who is gone; `false` if it is not theirs any more */
  constructor(
    private readonly loadUser: UserLoader | undefined,
    private readonly expel: (session: RequestSession, userId: string) => Promise<boolean>,
  ) {}

  /**
   * Returns the user who is signed in when the promise resolves; `undefined` if nobody is.
   * @throws UserGoneError if the application no longer has that user; the session is ended
   * @throws SessionUnusableError if `loadUser` itself asks, and would wait for its own answer
   */
  async of(session: RequestSession): Promise<SessionUser | undefined> {
    const { loadUser } = this;
    if (loadUser === undefined) throw new SessionUnusableError(NO_LOADER);
    for (;;) {
      const { userId } = session.resolve();
      if (userId === undefined) return undefined;
      if (this.lookups.getStore()?.session === session) throw new SessionUnusableError(CIRCULAR);
      if (session.askedUser?.userId !== userId) this.ask(session, userId, loadUser);
      const user = await session.askedUser?.user;
      if (session.userId === userId) return user;
    }
  }

  /**
   * Disables the storage when the application is closed: every promise in the process pays for one in use.
   */
  close(): void {
    this.lookups.disable();
  }

  private ask(session: RequestSession, userId: string, loadUser: UserLoader): void {
    const asked = { userId, user: this.load(session, userId, loadUser) };
    session.askedUser = asked;
    asked.user.catch(() => {
      if (session.askedUser === asked) session.askedUser = undefined;
    });
  }

  private async load(
    session: RequestSession,
    userId: string,
    loadUser: UserLoader,
  ): Promise<SessionUser | undefined> {
    const lookUp: LookUp = { session };
    const user = await this.lookups
      .run(lookUp, async () => loadUser(userId))
      .finally(() => {
        lookUp.session = undefined;
      });
    const isGone = user === undefined || user === null;
    if (isGone && (await this.expel(session, userId))) throw new UserGoneError();
    return user ?? undefined;
  }
}

const NO_LOADER =
  'The user of the session was asked for, but the session options have no loadUser. Give SessionModule a function that finds a user by the id passed to login(), as in SessionModule.forRootAsync({ inject: [UsersService], useFactory: (users) => ({ secret, loadUser: (id) => users.find(id) }) }); or use userId or @UserId(), which need none.';

const CIRCULAR =
  'loadUser asked for the user of the session, whom it is to find itself. Have it find the user by the id that it is given, with nothing that asks for SessionService.user.';
