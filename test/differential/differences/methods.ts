import type { Forecast } from '../forecast/forecast.js';
import type { Difference } from './difference.js';
import { cleared, counting } from './seen.js';

/** The methods of the session and of its store. */
export const methods: readonly Difference[] = [
  {
    key: 'regenerate-empty',
    plain: 'Stores the empty session that `regenerate()` made.',
    sesame: 'Stores it once something is put into it; otherwise clears the cookie.',
    why: 'This is what `saveUninitialized: false` means.',
    rules: {
      '{regenerate()|a write, then regenerate()}, in *': leavesEmptyOut,
      'regenerate(), a write to the old object, in *': leavesEmptyOut,
      'save() of an older object after regenerate(), in *': leavesEmptyOut,
      'HTTP/2: regenerate()': (it) => it.leavesOut('sid-1a'),
    },
  },
  {
    key: 'saved-once',
    plain:
      'At the end of the request, saves a session again that `save()`, `sessionStore.set()` or `reload()` has just brought in line with the store.',
    sesame: 'Does not save it again.',
    why: 'The store already has it.',
    rules: {
      'regenerate(), a write, save(), in *': (it) => savesOnce(it, regeneratedId(it)),
      'sessionStore.set() of the own session, in *': (it) => savesOnce(it, it.firstId),
      'reload() of what another process wrote, in *': (it) =>
        it.differs({ 'store.calls': [`set ${it.firstId}`, ''] }),
    },
  },
  {
    key: 'saved-gets-cookie',
    plain: 'Sends no cookie for an empty session that was stored by `save()`.',
    sesame: 'Sends it.',
    why: 'A stored session is useless if nobody has its id.',
    rules: {
      'save() of an unchanged session, in a new session': (it) => it.sends(1),
    },
  },
  {
    key: 'save-chains',
    plain: '`save(callback)` returns `undefined`.',
    sesame: 'Returns the session.',
    why: 'This is what express-session documents.',
    rules: {
      'save() returns the session, in *': { '#1.body': [false, true] },
    },
  },
  {
    key: 'promises',
    plain:
      'Without a callback, `save()` returns `undefined`, `destroy()` and `regenerate()` return the session, and `reload()` throws where nobody can catch it.',
    sesame: 'These four return a promise if they get no callback.',
    why: 'Without a callback nobody would learn when they are done.',
    rules: {
      'destroy() and save() without a callback, in *': { '#1.body': ['false,false', 'true,true'] },
    },
  },
  {
    key: 'ended-object',
    plain:
      '`save()` on a session object that was destroyed or regenerated stores that session again.',
    sesame: 'It is an error.',
    why: 'What has ended stays ended.',
    rules: {
      '{destroy(), then save() of the old object|save() of an older object after regenerate()}, in *':
        {
          '#1.body': ['no error', 'an error'],
        },
      'destroy(), then save() of the old object, in *': (it) =>
        it.differs({ 'store.calls': [`set ${it.firstId}, destroy ${it.firstId}`, ''] }),
      'save() of an older object after regenerate(), in *': (it) =>
        it.differs({
          'store.calls': [`set ${it.firstId}`, ''],
          [`store.contents.${it.firstId}`]: [counting(50), undefined],
        }),
      'save() of an older object after regenerate(), in a stored session': {
        '#3.body.data.count': [50, undefined],
      },
    },
  },
  {
    key: 'store-stand-in',
    plain: '`req.sessionStore` is the store.',
    sesame:
      'It is a stand-in for the store: it reads and destroys any session, writes only this one, and has no `all`, `length` or `clear`.',
    why: 'Writes that bypass the lifecycle would not be merged, hashed or indexed.',
    rules: {
      'sessionStore.set() of another session, in *': (it) => {
        it.differs({ '#1.body': ['no error', 'an error'] });
        it.leavesOut('other');
      },
      'sessionStore.all and length, in *': {
        '#1.body': ['function,function', 'undefined,undefined'],
      },
    },
  },
  {
    key: 'store-ends-session',
    plain: "`sessionStore.destroy()` with the request's own session leaves `req.session` as it is.",
    sesame: 'Ends the session, as `session.destroy()` does.',
    why: 'A later change would otherwise bring the record back.',
    rules: {
      'sessionStore.destroy() of the own session, in *': {
        '#1.body': ['no error,object', 'no error,undefined'],
      },
    },
  },
];

/** The id of the session that the first request begins by `regenerate()`. */
function regeneratedId({ firstId }: Forecast): string {
  return firstId === 'known' ? 'sid-1a' : 'sid-1b';
}

function leavesEmptyOut(it: Forecast): void {
  it.leavesOut(regeneratedId(it));
  if (it.firstId === 'known') it.put('#1.cookies.connect.sid', cleared());
}

function savesOnce(it: Forecast, id: string): void {
  it.differs({ 'store.calls': [`set ${id}, set ${id}`, `set ${id}`] });
}
