import { does, leftOf, originOf, signInsOf } from './facts.js';
import type { Invariant } from './facts.js';

/** The store holds no session whose id nobody has, and a user's list contains those that exist. */
export const nothingIsOrphaned: Invariant = ({ stored, records, listed }) => {
  const wrong: string[] = [];
  if (records !== stored.size) wrong.push(`${records} sessions are stored, ${stored.size} known`);
  for (const [user, handles] of Object.entries(listed)) {
    const own = [...stored].filter(([, session]) => session.user === user);
    if (handles.length !== own.length || new Set(handles).size !== handles.length) {
      wrong.push(`${user} has ${own.length} sessions, and ${handles.length} are listed`);
    }
  }
  return wrong;
};

/** However often a browser clicks, it has one session. */
export const clicksMakeOneSession: Invariant = ({ requests, plan, listed, initial }) => {
  const isClicks = requests.every(
    (request) =>
      request.client === 'home' &&
      request.sent === initial.home &&
      request.operations.every(({ type }) => ['login', 'read', 'set', 'update'].includes(type)) &&
      signInsOf(request).every((user) => user === 'ada'),
  );
  const clicks = requests.filter((request) => does(request, 'login'));
  if (!isClicks || clicks.length === 0 || plan.signedIn.device) return [];
  const wrong = listed['ada']?.length === 1 ? [] : [`${listed['ada']?.length} sessions are listed`];
  const refused = clicks.filter(({ answer }) => answer.isFull);
  return [...wrong, ...refused.map(() => 'a click was refused for its own session')];
};

/** A second confirm gets the id that the first one got: none is refused. */
export const confirmationsJoin: Invariant = ({ requests, plan }) => {
  const isQuiet = requests.every(
    ({ client, operations }) =>
      client === 'home' &&
      operations.every(({ type }) => ['confirm', 'read', 'set', 'update'].includes(type)),
  );
  if (!isQuiet || !plan.signedIn.home) return [];
  return requests.flatMap(({ answer }, actor) =>
    answer.status === 200 ? [] : [`#${actor} was refused, and nobody had signed in`],
  );
};

/** Under a cap of one, a user has one session at most. */
export const capsAreExact: Invariant = ({ plan, stored, requests, listed }) => {
  if (plan.cap === 'none') return [];
  return Object.entries(listed).flatMap(([user, handles]) => {
    const live = [...stored.values()].filter((session) => session.user === user).length;
    const isIn = requests.some(
      (request) =>
        request.answer.status === 200 &&
        request.operations.length === 1 &&
        signInsOf(request).includes(user),
    );
    const mayBeOver = requests.some(
      (request) =>
        does(request, 'logout', 'revoke', 'revokeAll') ||
        signInsOf(request).some((one) => one !== user),
    );
    if (live > 1) return [`${user} has ${live} sessions`];
    return isIn && !mayBeOver && handles.length === 0 ? [`${user} has no session`] : [];
  });
};

/** What was ended stays ended. */
export const endsAreFinal: Invariant = (history) => {
  const { requests, plan } = history;
  return requests.flatMap((request, actor) => {
    const { report } = request.answer;
    if (report === undefined) return [];
    const own = originOf(report.before);
    return request.operations.flatMap((operation, at) => {
      const ended: (typeof own)[] = [];
      if (operation.type === 'logout') ended.push(own);
      if (operation.type === 'revoke' && report.results[at] === true) ended.push(operation.of);
      if (operation.type === 'revokeAll') {
        const spared = operation.exceptCurrent && report.before.user === 'ada' ? own : undefined;
        const owners = ['home', 'device'] as const;
        ended.push(...owners.filter((owner) => plan.signedIn[owner] && owner !== spared));
      }
      return ended
        .filter((origin) => origin !== undefined && leftOf(history, origin).length > 0)
        .map((origin) => `#${actor} ended the session of ${origin}, which lives`);
    });
  });
};

/** Who was to be spared is spared. */
export const sparedAreSpared: Invariant = (history) => {
  const { requests, plan } = history;
  const enders = requests.filter((request) => does(request, 'logout', 'revoke', 'revokeAll'));
  const [only] = enders;
  if (enders.length !== 1 || only === undefined || plan.cap !== 'none') return [];
  if (requests.some((request) => signInsOf(request).length > 0)) return [];
  const own = originOf(only.answer.report?.before);
  const spares = only.operations.some((one) => one.type === 'revokeAll' && one.exceptCurrent);
  if (!spares || own === undefined || !plan.signedIn[own]) return [];
  return leftOf(history, own).length === 1 ? [] : [`${own} was to be spared, and is over`];
};

/** A handle from before a new id still ends the session. */
export const staleHandlesWork: Invariant = (history) => {
  const { requests, plan } = history;
  const enders = requests.filter((request) => does(request, 'logout', 'revoke', 'revokeAll'));
  const [only] = enders;
  if (enders.length !== 1 || only === undefined || plan.cap !== 'none') return [];
  if (requests.some((request) => signInsOf(request).length > 0)) return [];
  return only.operations.flatMap((operation, at) => {
    if (operation.type !== 'revoke' || !plan.signedIn[operation.of]) return [];
    const result = only.answer.report?.results[at];
    return result === undefined || result === true ? [] : ['a handle of the session ended nothing'];
  });
};

/** When the grace is over, only the id of a session leads to it. */
export const marksEnd: Invariant = ({ found, stored }) =>
  found.flatMap(({ id, now, later }) => {
    const session = stored.get(id);
    if (session === undefined) {
      return later.user === undefined && Object.keys(later.attributes).length === 0
        ? []
        : ['a former id leads on when the grace is over'];
    }
    return now.user === session.user && later.user === session.user
      ? []
      : ['a session is not found by its own id'];
  });
