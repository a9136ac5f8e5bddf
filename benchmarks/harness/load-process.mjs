import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { WrongAnswer } from './visitors.mjs';

export class LoadProcess {
  constructor() {
    this.child = fork(fileURLToPath(new URL('load.mjs', import.meta.url)));
  }

  /** Sends so many requests of the visitors to a route. @throws WrongAnswer on a single wrong body */
  async run(visitors, route, connections, amount) {
    const { app, port } = visitors.app;
    const [one, other] = [visitors.newValue(), visitors.newValue()];
    this.child.send({
      port,
      route,
      connections,
      amount,
      sessions: app.sessions,
      visitors: visitors.list.map(({ number, cookie }) => ({ number, cookie })),
      firstValue: Number(one),
    });
    const [result] = await once(this.child, 'message');
    if (result.mismatches > 0 || result.failures > 0 || result.requests !== amount) {
      throw new WrongAnswer(`${app.name}, ${route}: ${JSON.stringify(result)}`);
    }
    if (route === 'write') visitors.wereWritten([one, other]);
    return result;
  }

  stop() {
    this.child.kill('SIGKILL');
  }
}
