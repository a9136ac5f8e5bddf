// Nest without sessions: what every other application is compared with.
import { bareModule } from '../bare-routes.mjs';
import { serveNest } from '../serve.mjs';

await serveNest(bareModule());
