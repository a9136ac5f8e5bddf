import { serveFastifySession } from './nest-fastify-sessions.mjs';

await serveFastifySession();
