import { serveFastifySession } from './nest-fastify-sessions.mjs';

await serveFastifySession({ rolling: false });
