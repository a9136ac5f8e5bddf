import type { SessionCommit } from './commit/commit.js';
import type { SessionCrossing } from './crossing/crossing.js';
import { StoreUnavailableError } from './errors.js';
import type { Lifecycle } from './lifecycle.js';
import type { RequestEndings } from './request-endings.js';
import type { ResponseCookies } from './response-cookies.js';
import type { RequestSession } from './state/request-session.js';
import { settlePlan } from './state/settle-plan.js';

/** Stores what is left to be stored when a response is about to leave. */
export class SessionSettlement {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly commits: SessionCommit,
    private readonly endings: RequestEndings,
    private readonly crossing: SessionCrossing,
    private readonly cookies: ResponseCookies,
  ) {}

  /**
   * Settles a session; returns `undefined` if there is nothing to do, so that a clean response stays
   * synchronous.
   */
  settle(session: RequestSession): Promise<void> | undefined {
    const { pending } = this.lifecycle;
    if (session.isBusy) return pending.add(session.inOrder(async () => this.settleNow(session)));
    const work = this.settleNow(session);
    return work && pending.add(session.inOrder(() => work));
  }

  private settleNow(session: RequestSession): Promise<void> | undefined {
    const stored = this.carryOutPlan(session);
    return stored ? stored.then(() => this.prepareCookie(session)) : this.prepareCookie(session);
  }

  private prepareCookie(session: RequestSession): Promise<void> | undefined {
    this.lifecycle.tokens.prepare(session);
    return this.cookies.prepare(session);
  }

  private carryOutPlan(session: RequestSession): Promise<void> | undefined {
    const plan = settlePlan(session, this.lifecycle.settings, this.isTouchDue);
    if (typeof plan === 'object') return this.commits.commit(session, plan.commit);
    switch (plan) {
      case 'nothing':
        return undefined;
      case 'create':
        return this.commits.create(session);
      case 'touch':
        return this.touchQuietly(session);
      case 'end':
        return this.endings.end(session);
      case 'refuse':
        session.requireAvailable();
        return this.crossing.refuse(session);
    }
  }

  private readonly isTouchDue = (session: RequestSession): boolean =>
    this.commits.isTouchDue(session);

  /** Touches a session. A failure costs nobody a good response: the next request tries again. */
  private async touchQuietly(session: RequestSession): Promise<void> {
    try {
      await this.commits.touch(session);
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      this.lifecycle.observer.error("A session's idle timeout was not extended.", error);
    }
  }
}
