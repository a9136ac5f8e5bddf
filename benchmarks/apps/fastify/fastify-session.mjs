// No Nest, no Express: for orientation.
import fastifyCookie from '@fastify/cookie';
import fastifySession from '@fastify/session';
import { RedisStore } from 'connect-redis';
import fastify from 'fastify';
import { contentIn, contentOf } from '../content.mjs';
import { report } from '../serve.mjs';
import { connectToRedis, MAX_AGE, SECRET } from '../settings.mjs';

const app = fastify();
await app.register(fastifyCookie);
await app.register(fastifySession, {
  secret: SECRET,
  saveUninitialized: false,
  cookie: { maxAge: MAX_AGE, secure: false },
  store: new RedisStore({ client: connectToRedis() }),
});

app.get('/read', ({ session }) => ({ name: session.name }));
app.put('/write/:value', ({ session, params: { value } }) => {
  session.value = value;
  return { name: session.name, value };
});
app.get('/untouched', () => ({ ok: true }));
app.put('/first/:value', ({ session, params: { value } }) => {
  session.value = value;
  return { value };
});
app.get('/anonymous', ({ session }) => ({ name: session.name ?? null }));
app.get('/content', ({ session }) => contentIn(session));
app.put('/seed/:number/:size', ({ session, params: { number, size } }) => {
  Object.assign(session, contentOf(Number(number), Number(size)));
  return { seeded: true };
});

await app.listen({ port: 0, host: '127.0.0.1' });
report(app.server.address().port);
