// Each handler does by hand, with bare ioredis, what it cannot do without. The cookie is the bare number
// of the visitor. Nothing is signed, checked or protected.
import { createParamDecorator } from '@nestjs/common';
import { contentOf } from './content.mjs';
import { Routes, routesModule } from './nest-routes.mjs';
import { connectToRedis, MAX_AGE } from './settings.mjs';

const redis = connectToRedis();
let visits = 0;

class FloorRoutes extends Routes {
  async read(key) {
    return super.read(await load(key));
  }

  async write(key, value) {
    const content = await load(key);
    const answer = super.write(content, value);
    await store(key, content);
    return answer;
  }

  async untouched(key) {
    if (key !== undefined) await redis.get(key);
    return super.untouched();
  }

  async first(key, value) {
    const content = {};
    const answer = super.first(content, value);
    visits += 1;
    await store(`floor:visit-${visits}`, content);
    return answer;
  }

  anonymous() {
    return { name: null };
  }

  async content(key) {
    return super.content(await load(key));
  }

  async seed(key, number, size) {
    await store(`floor:${number}-${size}`, contentOf(Number(number), Number(size)));
    return { seeded: true };
  }
}

const Key = createParamDecorator((_, context) => {
  const { cookie } = context.switchToHttp().getRequest().headers;
  return cookie?.slice('key='.length);
});

Key()(FloorRoutes.prototype, 'untouched', 0);

async function load(key) {
  return JSON.parse(await redis.get(key));
}

async function store(key, content) {
  await redis.set(key, JSON.stringify(content), 'PX', MAX_AGE);
}

export function floorModule() {
  return routesModule(Key, {}, FloorRoutes);
}
