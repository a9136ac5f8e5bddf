import type { Sight } from './crossing-app.js';
import { sightsOf, signInsOf } from './facts.js';
import type { Invariant } from './facts.js';

/** A user's sessions, their ids and what they hold are for those who signed in as that user. */
export const usersAreApart: Invariant = ({ plan, initial, requests, found }) => {
  const wrong: string[] = [];
  const owners = new Map<string, string>();
  const ids = new Map<string, string>();
  if (plan.signedIn.home) ids.set(initial.home, 'ada');
  if (plan.signedIn.device) ids.set(initial.device, 'ada');
  for (const { operations, answer } of requests) {
    operations.forEach(({ name }, at) => {
      const sight = answer.report?.after[at];
      if (sight?.user === undefined) return;
      ids.set(sight.id, sight.user);
      if (name !== undefined) owners.set(name, sight.user);
    });
  }
  /** @param own what the names of a request's own changes begin with, which it may always see */
  const expectOwn = (who: string, { user, attributes }: Sight, own?: string): void => {
    for (const name of Object.keys(attributes)) {
      const owner = owners.get(name);
      const isOwn = own !== undefined && name.startsWith(own);
      if (owner !== undefined && owner !== user && !isOwn)
        wrong.push(`${who} sees ${name} of ${owner}`);
    }
  };
  requests.forEach((request, actor) => {
    const allowed = new Set([undefined, ids.get(request.sent), ...signInsOf(request)]);
    for (const sight of sightsOf(request)) {
      expectOwn(`#${actor}`, sight, `${actor}.`);
      if (!allowed.has(sight.user)) wrong.push(`#${actor} is signed in as somebody else`);
    }
  });
  for (const { id, now, later } of found) {
    expectOwn('in the end a cookie', now);
    for (const { user } of [now, later]) {
      if (user !== undefined && user !== ids.get(id)) wrong.push(`a cookie leads to ${user}`);
    }
  }
  return wrong;
};

/** No client is given an id that another one has, and least of all that of a sign-in. */
export const idsAreNotShared: Invariant = ({ requests }) => {
  const clients = new Map<string, string>();
  return requests.flatMap(({ client, answer: { cookie, report } }) => {
    const id = report?.after.at(-1)?.id;
    if (typeof cookie !== 'string' || id === undefined) return [];
    const other = clients.get(id) ?? client;
    clients.set(id, client);
    return other === client ? [] : [`${client} was given the id of ${other}`];
  });
};
