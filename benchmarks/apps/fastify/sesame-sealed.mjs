import { FastifyAdapter } from '@nestjs/platform-fastify';
import { SealedCookieStore } from 'nestjs-sesame';
import { serveSesame } from '../sesame.mjs';

const key = Buffer.alloc(32, 'sesame').toString('base64url');

await serveSesame(new SealedCookieStore({ keys: [key] }), new FastifyAdapter());
