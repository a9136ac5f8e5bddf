import { Session } from '@nestjs/common';
import connectPgSimple from 'connect-pg-simple';
import session from 'express-session';
import { routesModule } from '../nest-routes.mjs';
import { serveNest } from '../serve.mjs';
import { connectToPostgres, MAX_AGE, SECRET } from '../settings.mjs';

const Store = connectPgSimple(session);
const pool = connectToPostgres();
const store = new Store({ pool, createTableIfMissing: true, pruneSessionInterval: false });

await serveNest(routesModule(Session), (app) => {
  app.use(
    session({
      secret: SECRET,
      resave: false,
      saveUninitialized: false,
      cookie: { maxAge: MAX_AGE },
      store,
    }),
  );
});
