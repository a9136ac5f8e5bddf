import { changesOf, does, leftOf, nobodyEnds, originOf, signInsOf } from './facts.js';
import type { Invariant } from './facts.js';
import type { Client } from './plan.js';
import type { Ran, History } from './run-plan.js';

/** Every answer is a good one, or says what became of the session. */
export const answersAreClear: Invariant = ({ requests, plan }) =>
  requests.flatMap((request, actor) => {
    const { status, reason, isFull, cookie } = request.answer;
    const isRefusedSpare = status === 401 && does(request, 'revokeAll');
    const isOverCap = status === 409 && isFull && plan.cap === 'reject' && does(request, 'login');
    const isRotated = status === 409 && reason === 'rotated';
    if (isRotated && !isOnlyReading(request))
      return cookie === undefined ? [] : [`#${actor} got a cookie with the 409`];
    if (status === 200 || isRefusedSpare || isOverCap) return [];
    return [`#${actor} was answered ${status} ${String(reason)}`];
  });

/** A request that only reads has nothing to be told. */
function isOnlyReading({ operations }: Ran): boolean {
  return operations.every(({ type }) => type === 'read');
}

/** A change that was answered well is in the session, if that lives on. */
export const nothingIsLost: Invariant = (history) => {
  const { requests, stored } = history;
  return requests.flatMap((request, actor) => {
    const { report } = request.answer;
    if (report === undefined) return [];
    return changesOf(request).flatMap((name) => {
      const last = report.after.at(-1);
      if (last === null || isDropped(request, name)) return [];
      const origin = originOf(last);
      if (origin === undefined && (!nobodyEnds(history) || hasOthers(history))) return [];
      if (last !== undefined && !stored.has(last.id) && hasEndedFormerIds(history)) return [];
      const homes = origin === undefined ? [...stored.values()] : leftOf(history, origin);
      if (origin !== undefined && homes.length === 0) {
        return nobodyEnds(history) && !hasOthers(history)
          ? [`the session of #${actor} is gone, and nobody ended it`]
          : [];
      }
      return homes.some(({ attributes }) => name in attributes)
        ? []
        : [`what #${actor} changed is lost: ${name}`];
    });
  });
};

/** True if another user signs in after the change, who takes nothing along. */
function isDropped({ operations, answer: { report } }: Ran, name: string): boolean {
  const at = operations.findIndex((operation) => operation.name === name);
  return (
    report?.after.slice(at).some((sight) => sight !== null && !(name in sight.attributes)) ?? false
  );
}

/** True if a browser signs in several users, of whom each ends the session of the one before. */
function hasOthers({ requests, plan }: History): boolean {
  const usersOf = (client: Client): string[] => [
    ...(client !== 'copy' && plan.signedIn[client] ? ['ada'] : []),
    ...requests.filter((request) => request.client === client).flatMap(signInsOf),
  ];
  return (['home', 'copy', 'device'] as const).some((client) => new Set(usersOf(client)).size > 1);
}

/** True if somebody has ended all sessions but one: whoever has only a former id of that one is out, too. */
function hasEndedFormerIds({ requests }: History): boolean {
  return requests.some(({ operations }) =>
    operations.some((one) => one.type === 'revokeAll' && one.exceptCurrent),
  );
}

/** A request that was told that its session has a new id stores nothing. */
export const refusalsAreWhole: Invariant = ({ requests, stored }) =>
  requests.flatMap((request, actor) => {
    const { reason } = request.answer;
    if (reason !== 'rotated' || request.operations.length > 1) return [];
    return changesOf(request)
      .filter((name) => [...stored.values()].some(({ attributes }) => name in attributes))
      .map((name) => `#${actor} was refused, but ${name} is stored`);
  });

/** No late answer signs a user out: a browser that signed in is signed in. */
export const browsersStaySignedIn: Invariant = (history) => {
  if (!nobodyEnds(history)) return [];
  const { plan, requests, jars, found } = history;
  // An anonymous session that gets a new id meanwhile is a different one from that of the sign-in.
  const isForked = requests.some((request) => does(request, 'regenerate')) && !plan.signedIn.home;
  if (isForked && requests.some((request) => does(request, 'login'))) return [];
  const clients = ['home', 'device'] as const;
  return clients.flatMap((client) => {
    const own = requests.filter((request) => request.client === client);
    const signsIn = own.some(
      (request) => request.answer.status === 200 && signInsOf(request).length > 0,
    );
    const end = found.find(({ id }) => id === jars[client])?.now;
    if (plan.signedIn[client] || signsIn) {
      return end?.user === undefined ? [`${client} was signed out`] : [];
    }
    const isOthers = requests.some((request) => signInsOf(request).length > 0);
    return isOthers || originOf(end) === client ? [] : [`${client} has lost its session`];
  });
};

/** Who neither signs in nor asks for a new id gets no cookie, however late it comes. */
export const latecomersGetNoCookie: Invariant = (history) => {
  if (!nobodyEnds(history)) return [];
  return history.requests.flatMap((request, actor) => {
    const mayGetOne = does(request, 'login', 'confirm', 'regenerate');
    return mayGetOne || request.answer.cookie === undefined ? [] : [`#${actor} got a cookie`];
  });
};
