// One session that many requests write at once, as with a load generator that has one cookie; and
// somebody else, who meanwhile reads a session of their own.
import { measured } from './measurement.mjs';

export class BusySession {
  constructor(load, meter) {
    this.load = load;
    this.meter = meter;
  }

  /** Commands per request, by a load that is not timed: MONITOR slows Redis down. */
  async count({ connections }, visitors, amount) {
    const { commands, names, result } = await this.meter.commandsDuring(() =>
      this.#write(visitors, connections, amount),
    );
    await this.#verify(visitors);
    return { commands: commands / amount, names, rps: result.rps };
  }

  async time({ connections }, visitors, amount) {
    await this.#verify(visitors);
    const figures = await this.#besides(visitors, connections, amount);
    await this.#verify(visitors);
    return figures;
  }

  /** The bytes and the CPU time include those of the other visitor, a few reads among many writes. */
  async #besides(visitors, writers, amount) {
    const load = { isOver: false, failures: 0 };
    const writing = measured(this.meter, visitors.app, amount, async () => {
      const result = await this.#write(visitors, writers, amount);
      load.isOver = true;
      load.failures = result.failures;
      return result;
    });
    const [figures, others] = await Promise.all([writing, readUntilOver(visitors, load)]);
    return { ...figures, failures: load.failures, others };
  }

  #write(visitors, writers, amount) {
    return this.load.runBusy(visitors, visitors.list[0], writers, amount);
  }

  /** Both sessions, whole: what the writers wrote is there, and nothing else has changed. */
  async #verify(visitors) {
    await visitors.comeAgainIfDue();
    for (const visitor of visitors.list.slice(0, 2)) {
      await visitors.check('read', visitor);
      await visitors.checkContent(visitor);
    }
  }
}

/** Sends one request after the other, and checks each. Returns the median in milliseconds. */
async function readUntilOver(visitors, load) {
  const milliseconds = [];
  while (!load.isOver) {
    const startedAt = performance.now();
    await visitors.ask('read', visitors.list[1]);
    milliseconds.push(performance.now() - startedAt);
  }
  return milliseconds.toSorted((one, other) => one - other)[milliseconds.length >> 1];
}
