import { setFlagsFromString } from 'node:v8';
import { runInNewContext, runInThisContext } from 'node:vm';
import { afterEach, beforeAll, expect, it } from '@jest/globals';
import express from 'express';
import { createSessionMiddleware } from 'nestjs-sesame';
import { closeServers, listen, startServer } from '../../support/applications/http-server.js';
import { SECRET } from '../../support/applications/nest-app.js';

/** Up to Node 22, V8 makes a hidden class for each property of a request that Express has touched. */
const ARE_PROPERTIES_DEAR = Number.parseInt(process.versions.node, 10) <= 22;

let hasHiddenClass: (object: object) => boolean;

beforeAll(() => {
  setFlagsFromString('--allow-natives-syntax');
  hasHiddenClass = runInThisContext('(object) => %HasFastProperties(object)');
  hasHiddenClass({}); // compiles it
  setFlagsFromString('--no-allow-natives-syntax');
  // Test files that ran in this process before had copies of the library, with accessors of their own. While
  // requests of such a copy are in memory, V8 makes tables of those with other accessors.
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
});
afterEach(closeServers);

it('the properties of an Express request are kept in tables where hidden classes are expensive', async () => {
  const app = express();
  app.use(createSessionMiddleware({ secret: SECRET }));
  app.get('/', (request, response) => {
    response.json({
      hiddenClasses: [request, response].map(hasHiddenClass),
      isLinked: request.res === response && response.req === request,
    });
  });
  const server = await listen(app);
  expect((await server.browser().get('/')).body).toEqual({
    hiddenClasses: [!ARE_PROPERTIES_DEAR, !ARE_PROPERTIES_DEAR],
    isLinked: true,
  });
});

it('the requests of a plain server are left as they are', async () => {
  const server = await startServer({}, (request, response) => {
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify([request, response].map(hasHiddenClass)));
  });
  expect((await server.browser().get('/')).body).toEqual([true, true]);
});
