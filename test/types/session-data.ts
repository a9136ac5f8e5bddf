import { promisify } from 'node:util';
import type { Request } from 'express';
import { Session, SessionService } from 'nestjs-sesame';
import type { SessionUser } from 'nestjs-sesame';
import type { User } from '../support/applications/users.js';
import 'express-session';

declare module 'express-session' {
  interface SessionData {
    typedCart?: string[];
  }
}

type Same<One, Other> =
  (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false;

/** Compiles only where both types are the same. */
function same<One, Other>(_answer: Same<One, Other>): void {}

export class CartController {
  constructor(private readonly sessions: SessionService) {}

  whole(@Session() session: Session): void {
    same<typeof session.typedCart, string[] | undefined>(true);
    same<typeof session.id, string>(true);
    session.typedCart = ['tea'];
    delete session.typedCart;
    session.save((error: unknown) => error);
    session.cookie.maxAge = 60_000;
    // @ts-expect-error a misspelt attribute
    session.typedCrat = ['tea'];
    // @ts-expect-error an attribute of another type
    session.typedCart = 'tea';
  }

  async methods(@Session() session: Session): Promise<void> {
    same<ReturnType<typeof session.touch>, typeof session>(true);
    await this.asPromises(session);
    const returned: Session[] = [
      session.save((error: unknown) => error),
      session.regenerate((error: unknown) => error),
      session.reload((error: unknown) => error),
      session.destroy((error: unknown) => error),
    ];
    returned.forEach(({ id }) => id);
    // @ts-expect-error no callback
    session.regenerate('now');
    // @ts-expect-error a promise is not a session
    session.save().cookie.maxAge = 60_000;
  }

  private async asPromises(session: Session): Promise<void> {
    const done = [session.save(), session.regenerate(), session.reload(), session.destroy()];
    same<typeof done, Promise<void>[]>(true);
    await Promise.all(done);
  }

  async onTheRequest(request: Request): Promise<void> {
    const regenerated = request.session.regenerate();
    same<typeof regenerated, Promise<void>>(true);
    await regenerated;
    await promisify(request.session.save.bind(request.session))();
  }

  attribute(@Session('typedCart') cart: string[] | undefined): number | undefined {
    return cart?.length;
  }

  cookie(@Session('cookie') cookie: Session['cookie']): number | null {
    return cookie.originalMaxAge;
  }

  misspelt(
    // @ts-expect-error a misspelt attribute
    @Session('typedCrat') cart: unknown,
  ): unknown {
    return cart;
  }

  async service(): Promise<void> {
    same<typeof this.sessions.current, Session>(true);
    same<typeof this.sessions.current.typedCart, string[] | undefined>(true);
    same<typeof this.sessions.userId, string | undefined>(true);
    same<typeof this.sessions.user, Promise<User | undefined>>(true);
    same<SessionUser, User>(true);
    // @ts-expect-error possibly nobody is signed in
    void (await this.sessions.user).name;
    const amount = await this.sessions.update((session) => session.typedCart?.length ?? 0);
    same<typeof amount, number>(true);
    await this.sessions.login('ada', { keep: ['typedCart'], remember: '30d' });
    await this.sessions.regenerate({ keep: 'all' });
    // @ts-expect-error a misspelt attribute
    this.sessions.current.typedCrat = ['tea'];
    // @ts-expect-error a misspelt attribute in update()
    await this.sessions.update((session) => session.typedCrat);
    // @ts-expect-error a user id is a string
    await this.sessions.login(42);
    // @ts-expect-error no duration
    await this.sessions.login('ada', { remember: '30 days' });
    // @ts-expect-error no such way to keep attributes
    await this.sessions.login('ada', { keep: 'some' });
    // @ts-expect-error the session is read-only here
    this.sessions.current = undefined;
  }
}
