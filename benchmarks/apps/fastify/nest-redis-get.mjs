import { FastifyAdapter } from '@nestjs/platform-fastify';
import { floorModule } from '../floor.mjs';
import { serveNest } from '../serve.mjs';

await serveNest(floorModule(), undefined, new FastifyAdapter());
