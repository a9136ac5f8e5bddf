import { Session } from '@nestjs/common';
import { RedisStore } from 'connect-redis';
import session from 'express-session';
import { routesModule } from '../nest-routes.mjs';
import { serveNest } from '../serve.mjs';
import { connectToRedis, MAX_AGE, SECRET } from '../settings.mjs';

await serveNest(routesModule(Session), (app) => {
  app.use(
    session({
      secret: SECRET,
      resave: false,
      saveUninitialized: false,
      cookie: { maxAge: MAX_AGE },
      store: new RedisStore({ client: connectToRedis() }),
    }),
  );
});
