import { Session } from '@nestjs/common';
import { peer } from '../../peers/peer.mjs';
import { routesModule } from '../nest-routes.mjs';
import { serveNest } from '../serve.mjs';
import { MAX_AGE, SECRET } from '../settings.mjs';

const cookieSession = peer('cookie-session');

await serveNest(routesModule(Session), (app) => {
  app.use(cookieSession({ keys: [SECRET], maxAge: MAX_AGE }));
});
