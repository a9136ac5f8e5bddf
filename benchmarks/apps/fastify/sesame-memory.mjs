import { FastifyAdapter } from '@nestjs/platform-fastify';
import { MemorySessionStore } from 'nestjs-sesame';
import { serveSesame } from '../sesame.mjs';

await serveSesame(new MemorySessionStore(), new FastifyAdapter());
