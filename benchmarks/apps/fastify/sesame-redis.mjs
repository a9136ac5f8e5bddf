import { FastifyAdapter } from '@nestjs/platform-fastify';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { serveSesame } from '../sesame.mjs';

await serveSesame(new RedisSessionStore({ url: process.env.REDIS_URL }), new FastifyAdapter());
