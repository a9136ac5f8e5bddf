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
  /** @param users who is signed in there, at whatever moment */
  const expectOwn = (
    who: string,
    { attributes }: Sight,
    users: ReadonlySet<string | undefined>,
  ) => {
    for (const name of Object.keys(attributes)) {
      const owner = owners.get(name);
      if (owner !== undefined && !users.has(owner)) wrong.push(`${who} sees ${name} of ${owner}`);
    }
  };
  requests.forEach((request, actor) => {
    const sights = sightsOf(request);
    const users = new Set(sights.map(({ user }) => user));
    const allowed = new Set([undefined, ids.get(request.sent), ...signInsOf(request)]);
    for (const sight of sights) expectOwn(`#${actor}`, sight, users);
    for (const user of users)
      if (!allowed.has(user)) wrong.push(`#${actor} is signed in as ${user}`);
  });
  for (const { id, now, later } of found) {
    expectOwn('in the end a cookie', now, new Set([now.user]));
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

/** A sign-in proves less than a confirm, and never gets the id that the confirm got. */
export const confirmedIdsAreKept: Invariant = ({ requests }) => {
  const confirmed = new Map<string, number>();
  requests.forEach(({ operations, answer: { report } }, actor) => {
    operations.forEach(({ type }, at) => {
      const id = report?.after[at]?.id;
      if (type === 'confirm' && id !== undefined && report?.results[at] !== 'refused') {
        confirmed.set(id, actor);
      }
    });
  });
  return requests.flatMap(({ operations, sent, answer: { report } }, actor) =>
    operations.flatMap(({ type }, at) => {
      const id = report?.after[at]?.id ?? '';
      const other = confirmed.get(id) ?? actor;
      const isHandedOut = type === 'login' && id !== sent && other !== actor;
      return isHandedOut ? [`#${actor} signed in and was given the id of #${other}`] : [];
    }),
  );
};
