// Sesame on Redis with signed-in sessions, to show what AuthenticatedGuard costs.
import { Get, Inject, UseGuards } from '@nestjs/common';
import { AuthenticatedGuard, Session, SessionService } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { route, Routes, routesModule } from '../nest-routes.mjs';
import { serveNest } from '../serve.mjs';
import { sessionsIn } from '../sesame.mjs';
import { connectToRedis } from '../settings.mjs';

class GuardedRoutes extends Routes {
  constructor(sessions) {
    super();
    this.sessions = sessions;
  }

  guarded(session) {
    return this.read(session);
  }

  async seed(session, number, size) {
    await this.sessions.login(`user-${number}`);
    return super.seed(session, number, size);
  }
}

Inject(SessionService)(GuardedRoutes, undefined, 0);
route(GuardedRoutes, 'guarded', [Get('guarded'), UseGuards(AuthenticatedGuard)], [Session()]);

const store = new RedisSessionStore({ client: connectToRedis() });
await serveNest(routesModule(Session, { imports: [sessionsIn(store)] }, GuardedRoutes));
