import { RedisSessionStore } from 'nestjs-sesame/redis';
import { serveSesame } from './sesame.mjs';
import { connectToRedis } from './settings.mjs';

await serveSesame(new RedisSessionStore({ client: connectToRedis() }));
