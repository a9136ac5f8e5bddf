// Where the time of a lone request goes: one connection, one request at a time.
//   node benchmarks/lone-request.mjs [--apps=express-session,sesame-redis] [--routes=read,write]
//   node benchmarks/lone-request.mjs --before=../checkout
// By the server's clock alone, including what reading it takes: bench.mjs uses the client's clock.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildStale, ESM } from '../scripts/build.mjs';
import { addCheckout, lineUp } from './harness/apps.mjs';
import { MAIN_SIZE } from './harness/cells.mjs';
import { send } from './harness/http-client.mjs';
import { exchangeFor, valueOf } from './harness/routes.mjs';
import { Stage } from './harness/stage.mjs';
import { installPeers } from './peers/peer.mjs';

const { values } = parseArgs({
  options: {
    apps: { type: 'string', default: `${lineUp.peer},${lineUp.subject}` },
    routes: { type: 'string', default: 'read,write' },
    before: { type: 'string' },
  },
});
const WARM_UP = 8_000;
const TRACED = 2_000;

if (values.before !== undefined) addCheckout(resolve(values.before));
await buildStale([ESM]);
installPeers();
const stage = await Stage.open();
try {
  for (const name of values.apps.split(',')) {
    const app = await stage.start(name);
    const visitors = await stage.visitorsOf(name, MAIN_SIZE, 1);
    const run = async (route, times) => {
      const [visitor] = visitors.list;
      for (let count = 0; count < times; count += 1) {
        const exchange = exchangeFor(route, visitor, app.app.sessions, valueOf(count));
        visitors.requireAnswer(exchange, await send(app.port, exchange));
      }
    };
    for (const route of values.routes.split(',')) {
      await run(route, WARM_UP);
      await app.ask('startTrace');
      await run(route, TRACED);
      print(name, route, await app.ask('stopTrace'));
    }
    app.stop();
  }
} finally {
  stage.close();
}

function print(name, route, steps) {
  const all = steps.reduce((sum, { microseconds }) => sum + microseconds, 0);
  const told = steps
    .slice(1)
    .map(({ event, microseconds }) => `${microseconds.toFixed(0)} ${event}`);
  console.log(`${name}, ${route}, µs: ${told.join(', ')}; ${all.toFixed(0)} in all`);
}
