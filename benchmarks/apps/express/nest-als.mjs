// Nest without sessions, each request run in an AsyncLocalStorage.
import { AsyncLocalStorage } from 'node:async_hooks';
import { bareModule } from '../bare-routes.mjs';
import { serveNest } from '../serve.mjs';

const storage = new AsyncLocalStorage();

await serveNest(bareModule(), (app) => {
  app.use((request, response, next) => storage.run(request, next));
});
