import { Injectable } from '@nestjs/common';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { required } from './environment.js';

/** What all instances must share: the store, and the secret that signs the cookie. */
@Injectable()
export class SessionConfig {
  readonly secret = required('SESSION_SECRET');
  readonly store = new RedisSessionStore({ url: required('REDIS_URL') });
}
