// For CI: checks the answers, and that there are no more Redis commands than promised. Times are not judged.
import { isSesame, lineUp } from '../harness/apps.mjs';
import { BUSY_SIZES } from '../harness/cases.mjs';
import { MAIN_SIZE } from '../harness/cells.mjs';
import { forEach, send } from '../harness/http-client.mjs';
import { exchangeFor } from '../harness/routes.mjs';
import { Stage } from '../harness/stage.mjs';
import { COMMANDS } from '../harness/targets.mjs';

const VISITORS = 64;
const TIMES = 4;
const WRITERS = [8, 64, 256];

/** In CI, the compatibility tests run at the same time, and MONITOR prints all that a busy session sends. */
const STORE_TIMEOUT = '20s';

export async function quick({ apps, routes }) {
  process.env.STORE_TIMEOUT = STORE_TIMEOUT; // the applications inherit it
  const chosen = lineUp.apps.filter((known) =>
    apps.length === 0 ? isSesame(known) || known.name === lineUp.peer : apps.includes(known.name),
  );
  const stage = await Stage.open();
  const broken = [];
  const judge = (what, commands, most) => {
    const isKept = most === undefined || commands <= most;
    const promise = most === undefined ? '' : `, promised ${most}`;
    const verdict = isKept ? '' : '  TOO MANY';
    console.log(`${what}: ${commands.toFixed(2)} Redis commands${promise}${verdict}`);
    if (!isKept) broken.push(what);
  };
  try {
    for (const { name, routes: own } of chosen) {
      const isOurs = isSesame({ name });
      const app = await stage.start(name);
      const visitors = await stage.visitorsOf(name, MAIN_SIZE, VISITORS);
      for (const route of own.filter((one) => routes.length === 0 || routes.includes(one))) {
        const commands = await commandsPerRequest(stage.meter, visitors, route);
        judge(`${name}, ${route}`, commands, isOurs ? COMMANDS[route] : undefined);
      }
      if (app.app.sessions === 'redis' || app.app.sessions === 'memory') {
        for (const size of BUSY_SIZES) {
          for (const writers of WRITERS) {
            const some = await stage.visitorsOf(name, size, VISITORS);
            const commands = await commandsWhenBusy(app, some, writers, stage.meter);
            const what = `${name}, ${writers} write one session of ${size} bytes`;
            judge(what, commands, isOurs ? COMMANDS.write : undefined);
          }
        }
      }
      app.stop();
    }
  } finally {
    stage.close();
  }
  if (broken.length > 0) throw new Error(`More Redis commands than promised: ${broken.join('; ')}`);
  console.log('Every answer was right, and no request took more Redis commands than promised.');
}

/** One session that many requests change at once: every answer is right, and every change is kept. */
async function commandsWhenBusy({ app, port }, visitors, writers, meter) {
  const [visitor] = visitors.list;
  const values = Array.from({ length: writers }, () => visitors.newValue());
  const { commands } = await meter.commandsDuring(() =>
    Promise.all(
      values.map(async (value) => {
        const exchange = exchangeFor('write', visitor, app.sessions, value);
        visitors.requireAnswer(exchange, await send(port, exchange));
      }),
    ),
  );
  visitor.values = values;
  await visitors.checkContent(visitor);
  return commands / writers;
}

async function commandsPerRequest(meter, visitors, route) {
  const checkContent = () => forEach(visitors.list, (visitor) => visitors.checkContent(visitor));
  await checkContent();
  // A script that Redis does not know yet takes one extra command, once.
  await visitors.check(route, visitors.list[0]);
  const { commands } = await meter.commandsDuring(async () => {
    for (let time = 0; time < TIMES; time += 1) {
      await forEach(visitors.list, (visitor) => visitors.ask(route, visitor));
    }
  });
  await checkContent();
  return commands / (TIMES * visitors.list.length);
}
