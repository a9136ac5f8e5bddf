// One measurement of one cell, with everything checked before and after.
const CHECKED = 8;

const CONNECTIONS = 32;
const WARM_UP = 120_000;
const WARM_UP_TURNS = 4;

export class Measurement {
  constructor(load, meter) {
    this.load = load;
    this.meter = meter;
  }

  /** Checks that the route does what it should, for a few visitors. */
  async verify({ route }, visitors) {
    await visitors.comeAgainIfDue();
    const from = Math.floor(Math.random() * (visitors.list.length - CHECKED));
    for (const visitor of visitors.list.slice(from, from + CHECKED)) {
      await visitors.check(route, visitor);
      await visitors.checkContent(visitor);
    }
  }

  /** Gives the compiler enough requests to optimise an application: the first thousands are slow. */
  async warmUp(routes, visitors, requests = WARM_UP) {
    const each = Math.ceil(requests / WARM_UP_TURNS / routes.length);
    for (let turn = 0; turn < WARM_UP_TURNS; turn += 1) {
      for (const route of routes) await this.load.run(visitors, route, CONNECTIONS, each);
    }
  }

  /** Commands per request, by a load that is not timed: MONITOR slows Redis down. */
  async count(cell, visitors, amount) {
    await this.verify(cell, visitors);
    const { commands, names, result } = await this.meter.commandsDuring(() =>
      this.load.run(visitors, cell.route, cell.connections, amount),
    );
    await this.verify(cell, visitors);
    return { commands: commands / amount, names, rps: result.rps };
  }

  async time(cell, visitors, amount) {
    await this.verify(cell, visitors);
    const figures = await measured(this.meter, visitors.app, amount, () =>
      this.load.run(visitors, cell.route, cell.connections, amount),
    );
    await this.verify(cell, visitors);
    return figures;
  }
}

/** What a load costs the application and Redis, besides what the load itself reports. */
export async function measured(meter, app, amount, run) {
  const { result, bytes } = await meter.bytesDuring(async () => {
    const before = await app.usage();
    const loaded = await run();
    const after = await app.usage();
    return { ...loaded, cpu: (after.cpu - before.cpu) / amount, rss: after.rss };
  });
  const { rps, p50, p95, p99, cpu, rss } = result;
  return { requests: amount, cpu, rps, p50, p95, p99, bytes: bytes / amount, rss };
}
