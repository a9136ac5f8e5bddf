// The same routes without sessions: they answer as if one visitor were all there is.
import { Controller, Get, Param, Put } from '@nestjs/common';
import { nameOf } from './content.mjs';
import { moduleOf, route } from './nest-routes.mjs';

const name = nameOf(0);

class BareRoutes {
  read() {
    return { name };
  }

  write(value) {
    return { name, value };
  }

  untouched() {
    return { ok: true };
  }

  first(value) {
    return { value };
  }

  anonymous() {
    return { name: null };
  }
}

export function bareModule() {
  Controller()(BareRoutes);
  route(BareRoutes, 'read', [Get('read')]);
  route(BareRoutes, 'write', [Put('write/:value')], [Param('value')]);
  route(BareRoutes, 'untouched', [Get('untouched')]);
  route(BareRoutes, 'first', [Put('first/:value')], [Param('value')]);
  route(BareRoutes, 'anonymous', [Get('anonymous')]);
  return moduleOf(BareRoutes);
}
