// What reaches Redis, and what it sends back.
import { randomUUID } from 'node:crypto';

export class RedisMeter {
  constructor(client) {
    this.client = client;
    this.ownBytes = 0;
  }

  /** Measures how many bytes asking itself costs, so that they are not counted. */
  async calibrate() {
    await this.bytes();
    const before = await this.bytes();
    this.ownBytes = (await this.bytes()) - before;
  }

  async bytes() {
    const info = await this.client.info('stats');
    const field = (name) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1]);
    return field('total_net_input_bytes') + field('total_net_output_bytes');
  }

  /** The bytes that the applications and Redis exchange while a task runs. */
  async bytesDuring(task) {
    const before = await this.bytes();
    const result = await task();
    return { result, bytes: (await this.bytes()) - before - this.ownBytes };
  }

  /**
   * The commands that come over the wire while a task runs. What a script calls inside Redis is
   * not among them: MONITOR names those `lua`.
   */
  async commandsDuring(task) {
    const monitor = await this.client.duplicate().monitor();
    const marker = randomUUID();
    const names = new Map();
    const counted = new Promise((resolve) => {
      monitor.on('monitor', (_time, [name, argument], source) => {
        if (argument === marker) resolve();
        else if (source !== 'lua') names.set(name, (names.get(name) ?? 0) + 1);
      });
    });
    let result;
    try {
      result = await task();
      await this.client.echo(marker);
      await counted;
    } finally {
      monitor.disconnect(); // or it would keep a failed run from ending
    }
    const commands = [...names.values()].reduce((sum, count) => sum + count, 0);
    return { result, commands, names: Object.fromEntries(names) };
  }
}
