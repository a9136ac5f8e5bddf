import { Session } from '@nestjs/common';
import { RedisStore } from 'connect-redis';
import { peer } from '../../peers/peer.mjs';
import { routesModule } from '../nest-routes.mjs';
import { serveNest } from '../serve.mjs';
import { connectToRedis, MAX_AGE, SECRET } from '../settings.mjs';

const { SessionModule } = peer('nestjs-session');

const sessions = SessionModule.forRoot({
  session: {
    secret: SECRET,
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: MAX_AGE },
    store: new RedisStore({ client: connectToRedis() }),
  },
});

await serveNest(routesModule(Session, { imports: [sessions] }));
