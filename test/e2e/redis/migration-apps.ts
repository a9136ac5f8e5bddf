import '../../support/session-data.js';
import {
  Controller,
  Delete,
  Get,
  Injectable,
  Module,
  Post,
  Req,
  RequestMethod,
} from '@nestjs/common';
import type { MiddlewareConsumer, NestMiddleware, NestModule } from '@nestjs/common';
import { RedisStore } from 'connect-redis';
import express from 'express';
import type { NextFunction, Request, Response } from 'express';
import session from 'express-session';
import type { Store } from 'express-session';
import type { Redis } from 'ioredis';
import { Session, SessionService } from 'nestjs-sesame';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { listen } from '../../support/applications/http-server.js';
import { SECRET, startApp } from '../../support/applications/nest-app.js';
import { createPassport } from '../passport/local-strategy.js';

/** An application that a test sends its browsers to. */
export interface Place {
  readonly origin: string;
}

/** What a session holds. */
function shown(request: Request): object {
  const { count, label } = request.session;
  return { user: request.user?.name, count, label };
}

function count(request: Request): number {
  request.session.label = 'tea';
  return (request.session.count = (request.session.count ?? 0) + 1);
}

/** The application as it was: Express, express-session, connect-redis and Passport. */
export function startFormer(client: Redis, maxAge?: number): Promise<Place> {
  return startExpress(new RedisStore({ client }), maxAge);
}

/** The same on any store. */
export async function startExpress(store: Store, maxAge?: number): Promise<Place> {
  const passport = createPassport();
  const app = express();
  const cookie = maxAge === undefined ? {} : { maxAge };
  app.use(express.json());
  app.use(session({ secret: SECRET, store, cookie, resave: false, saveUninitialized: false }));
  app.use(passport.initialize(), passport.session());
  app.post('/login', passport.authenticate('local'), (_request, response) => {
    response.end();
  });
  app.get('/who', (request, response) => {
    response.json(shown(request));
  });
  app.post('/count', (request, response) => {
    response.json(count(request));
  });
  app.post('/logout', (request, response, next) => {
    request.logout((error: unknown) => (error ? next(error) : response.end()));
  });
  return listen(app);
}

/** The page says to call it behind Passport's own middleware. */
@Injectable()
class AdoptMiddleware implements NestMiddleware {
  constructor(private readonly sessions: SessionService) {}

  async use(request: Request, _response: Response, next: NextFunction): Promise<void> {
    if (request.user !== undefined) await this.sessions.adopt(request.user.name);
    next();
  }
}

@Controller()
class MovedController {
  constructor(private readonly sessions: SessionService) {}

  /** Passport has signed the user in by now. */
  @Post('login')
  async login(@Req() request: Request): Promise<void> {
    await this.sessions.login(request.user?.name ?? '');
  }

  @Get('who')
  who(@Req() request: Request): object {
    return { ...shown(request), adopted: this.sessions.userId };
  }

  @Post('count')
  count(@Req() request: Request): number {
    return count(request);
  }

  @Post('logout')
  async logout(): Promise<void> {
    await this.sessions.logout();
  }

  @Get('devices')
  async devices(): Promise<number> {
    return (await this.sessions.list(this.sessions.userId ?? '')).length;
  }

  @Delete('others')
  others(): Promise<number> {
    return this.sessions.revokeAll(this.sessions.userId ?? '', { exceptCurrent: true });
  }

  @Get('id')
  id(@Session() own: Session): string {
    return own.id;
  }
}

/** The application as it is after the move: Nest, Sesame and Passport. */
export async function startMoved(options: Partial<SessionModuleOptions>): Promise<Place> {
  const passport = createPassport();

  @Module({ controllers: [MovedController] })
  class AppModule implements NestModule {
    configure(consumer: MiddlewareConsumer): void {
      consumer
        .apply(passport.initialize(), passport.session(), AdoptMiddleware)
        .forRoutes('{*path}');
      consumer
        .apply(passport.authenticate('local'))
        .forRoutes({ path: 'login', method: RequestMethod.POST });
    }
  }
  return startApp({ hashIds: false, ...options }, { imports: [AppModule] });
}

/**
 * Lets time pass in Redis: every record, entry and TTL is that much older. What would have expired is
 * removed.
 */
export async function passTime(client: Redis, milliseconds: number): Promise<void> {
  for (const key of await client.keys('sess:*')) {
    const [record, left] = [await client.get(key), await client.pttl(key)];
    if (left <= milliseconds || record === null) await client.del(key);
    else await client.set(key, aged(record, milliseconds), 'PX', left - milliseconds);
  }
  for (const index of await client.keys('sess-user:*')) {
    for (const entry of await client.zrange(index, '0', '-1')) {
      await client.zincrby(index, -milliseconds, String(entry));
    }
    await client.zremrangebyscore(index, '-inf', String(Date.now()));
  }
}

/** A record with every time in it earlier: epoch milliseconds, and dates as text. */
function aged(record: string, milliseconds: number): string {
  return JSON.stringify(JSON.parse(record), (_name, value: unknown) => {
    if (typeof value === 'number' && value > 1e12) return value - milliseconds;
    const isDate = typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value);
    return isDate ? new Date(new Date(value).getTime() - milliseconds).toISOString() : value;
  });
}
