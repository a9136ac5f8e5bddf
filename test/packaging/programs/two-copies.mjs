// The module of one copy of the library in an application whose controller is decorated with the other.
import { createRequire } from 'node:module';
import 'reflect-metadata';
import { Controller, Get, Param, Post, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import * as sesame from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';

const require = createRequire(import.meta.url);
const other = require('nestjs-sesame');
const otherRedis = require('nestjs-sesame/redis');

class BrokenStore extends other.MemorySessionStore {
  isBroken = false;

  async read(key) {
    if (this.isBroken) throw new Error('it is broken');
    return super.read(key);
  }
}

class AppController {
  constructor(sessions) {
    this.sessions = sessions;
  }

  login(user) {
    return this.sessions.login(user);
  }

  me(user, session, colour) {
    return { user, hasCookie: session.cookie !== undefined, colour };
  }

  open() {
    return 'open';
  }
}
const { prototype } = AppController;
decorate('login', [Post('login/:user'), other.Public()], [Param('user')]);
decorate('me', [Get('me')], [other.UserId(), other.Session(), other.Session('colour')]);
decorate('open', [Get('open'), other.Public()], []);
Reflect.defineMetadata('design:paramtypes', [sesame.SessionService], AppController);
UseGuards(other.AuthenticatedGuard)(AppController);
Controller()(AppController);

const store = new BrokenStore();
const sessions = sesame.SessionModule.forRoot({
  secret: 'for the tests of two copies, and of good length',
  store,
  onStoreFailure: 'anonymous',
});
const app = await NestFactory.create(
  { ...sessions, controllers: [AppController] },
  { logger: false },
);
await app.listen(0, '127.0.0.1');
const url = await app.getUrl();
const anonymous = await read('/me');
const signIn = await fetch(`${url}/login/ada`, { method: 'POST' });
const [cookie] = signIn.headers.getSetCookie()[0].split(';');
const signedIn = await read('/me', cookie);
const open = await read('/open');
store.isBroken = true;
const broken = await read('/me', cookie);
await app.close();

console.log(
  JSON.stringify({
    isSame: sesame.SessionModule === other.SessionModule,
    answers: { anonymous, signedIn, open, broken },
    strangers: strangers(sesame, other).concat(strangers({ RedisSessionStore }, otherRedis)),
    extended: new BrokenStore() instanceof sesame.MemorySessionStore,
    notExtended: Object.create(sesame.MemorySessionStore.prototype) instanceof BrokenStore,
  }),
);

async function read(path, cookie = '') {
  const response = await fetch(url + path, { headers: { cookie } });
  return [response.status, await response.text()];
}

function decorate(method, decorators, parameters) {
  parameters.forEach((parameter, index) => parameter(prototype, method, index));
  const descriptor = Object.getOwnPropertyDescriptor(prototype, method);
  for (const decorator of decorators) decorator(prototype, method, descriptor);
}

/** The exceptions and stores of one copy that the other one does not take for its own. */
function strangers(one, another) {
  return Object.keys(one)
    .filter((name) => /(Exception|Store)$/.test(name))
    .filter((name) => !(Object.create(another[name].prototype) instanceof one[name]));
}
