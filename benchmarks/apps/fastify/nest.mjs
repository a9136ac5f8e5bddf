import { FastifyAdapter } from '@nestjs/platform-fastify';
import { bareModule } from '../bare-routes.mjs';
import { serveNest } from '../serve.mjs';

await serveNest(bareModule(), undefined, new FastifyAdapter());
