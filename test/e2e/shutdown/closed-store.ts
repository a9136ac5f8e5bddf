import { RedisSessionStore } from 'nestjs-sesame/redis';

// A program that closes its store between two attempts to connect. It ends by itself once nothing
// is left to do.
const url = process.env['REDIS_URL'] ?? '';
await new Promise<void>((resolve) => {
  const retryStrategy = (): number => {
    process.nextTick(closed);
    return 10_000;
  };
  const store = new RedisSessionStore({ url, redisOptions: { retryStrategy } });
  const closed = (): void => void store.close().then(resolve);
});
setTimeout(() => process.exit(1), 1_000).unref();
