// Everything that has to run while something is measured, and that must be gone afterwards.
import { startRedis } from '../redis.mjs';
import { AppProcess } from './app-process.mjs';
import { appNamed } from './apps.mjs';
import { RedisMeter } from './redis-meter.mjs';
import { Visitors } from './visitors.mjs';

export class Stage {
  running = [];
  visitors = new Map();
  apps = new Map();

  static async open() {
    const stage = new Stage();
    stage.redis = stage.keep(await startRedis());
    stage.meter = new RedisMeter(stage.redis.client);
    await stage.meter.calibrate();
    return stage;
  }

  keep(process) {
    this.running.push(process);
    return process;
  }

  async start(name) {
    const app = this.keep(await AppProcess.start(appNamed(name), this.redis.url));
    this.apps.set(name, app);
    return app;
  }

  /** The visitors of an application whose sessions have this size, in so many attributes. */
  async visitorsOf(name, size, count, attributes) {
    const key = `${name} ${size}/${attributes ?? ''}`;
    let visitors = this.visitors.get(key);
    if (visitors === undefined) {
      visitors = new Visitors(this.apps.get(name), size, count, attributes);
      await visitors.seed();
      this.visitors.set(key, visitors);
    }
    return visitors;
  }

  close() {
    for (const process of this.running.toReversed()) process.stop();
  }
}
