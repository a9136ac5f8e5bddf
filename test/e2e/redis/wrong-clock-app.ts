import './wrong-clock.js';
import 'reflect-metadata';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { startDevicesApp } from '../users-and-devices/devices-app.js';

/** Starts an application for each set of options that it is sent, and tells where. */
process.on('message', (options: object) => {
  const store = new RedisSessionStore({ url: process.env['REDIS_URL'] ?? '' });
  void startDevicesApp({ store, ...options }).then(({ origin }) => process.send?.(origin));
});
process.send?.('ready');
