import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { WrongAnswer } from './visitors.mjs';

export class LoadProcess {
  constructor() {
    this.child = fork(fileURLToPath(new URL('load.mjs', import.meta.url)));
  }

  /** Sends this many requests of the visitors to a route. @throws WrongAnswer on a single wrong body */
  async run(visitors, route, connections, amount) {
    const values = [visitors.newValue(), visitors.newValue()];
    const job = { route, connections, amount, visitors: visitors.list, firstValue: values[0] };
    const result = await this.#do(visitors.app, job);
    if (result.failures > 0) throw wrong(visitors.app, route, result);
    if (route === 'write') visitors.wereWritten(values);
    return result;
  }

  /** Sends this many writes to the session of one visitor at once, and counts how many fail. */
  async runBusy(visitors, shared, writers, amount) {
    const values = Array.from({ length: writers * 2 }, () => visitors.newValue());
    const job = { route: 'write', connections: writers, amount, visitors: [shared], isBusy: true };
    const result = await this.#do(visitors.app, { ...job, firstValue: values[0] });
    shared.values.push(...values);
    return result;
  }

  async #do(app, job) {
    this.child.send({
      ...job,
      port: app.port,
      sessions: app.app.sessions,
      visitors: job.visitors.map(({ number, cookie }) => ({ number, cookie })),
      firstValue: Number(job.firstValue),
    });
    const [result] = await once(this.child, 'message');
    const isComplete = job.isBusy
      ? result.requests + result.failures >= job.amount
      : result.requests === job.amount;
    if (result.mismatches > 0 || !isComplete) throw wrong(app, job.route, result);
    return result;
  }

  stop() {
    this.child.kill('SIGKILL');
  }
}

function wrong({ app }, route, result) {
  return new WrongAnswer(`${app.name}, ${route}: ${JSON.stringify(result)}`);
}
