import { describe, expect, it } from '@jest/globals';
import { handleOf } from '../../../../lib/session/ids.js';
import { openSuccessorId, sealSuccessorId } from '../../../../lib/session/rotation/successor-id.js';

const former = { id: 'the former id', key: handleOf('the former id') };
const [OLD, NEW] = ['the old secret of the server', 'the new secret of the server'];

describe('the id of a successor', () => {
  const sealed = sealSuccessorId('the new id', former, [OLD]);

  it.each([
    ['the secret that sealed it', [OLD]],
    ['that secret among others', [NEW, OLD]],
  ])('is opened with the former id and %s', (_which, secrets) => {
    expect(openSuccessorId(sealed, former, secrets)).toBe('the new id');
  });

  it('is sealed anew each time, with the first secret', () => {
    const again = sealSuccessorId('the new id', former, [NEW, OLD]);
    expect(again).not.toBe(sealed);
    expect(openSuccessorId(again, former, [NEW])).toBe('the new id');
    expect(openSuccessorId(again, former, [OLD])).toBeUndefined();
  });

  it.each([
    ['another secret', former, [NEW]],
    ['no secret', former, []],
    ['another id', { ...former, id: 'another id' }, [OLD]],
    ['the key for the id', { ...former, id: former.key }, [OLD]],
    ['another key', { ...former, key: handleOf('another id') }, [OLD]],
  ])('is not opened with %s', (_what, by, secrets) => {
    expect(openSuccessorId(sealed, by, secrets)).toBeUndefined();
  });

  it.each(['', '!', 'AAAA', `${sealed}AAAA`, sealed.slice(4)])('is not in %j', (text) => {
    expect(openSuccessorId(text, former, [OLD])).toBeUndefined();
  });

  it('reveals neither id', () => {
    for (const id of ['the new id', former.id]) {
      expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain(id);
    }
  });
});
