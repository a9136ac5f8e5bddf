import type { SqlNames } from '../sql-names.js';

/**
 * The operations of several steps, as functions: each is one statement, so that it needs no transaction of
 * the client, and works behind a transaction pooler. One that concerns a user takes the user's lock before it
 * looks; each statement of a function sees what was committed before it, unless the transaction has one
 * snapshot for all, which is refused.
 */
export function postgresFunctions(names: SqlNames): readonly string[] {
  return [lockUsers(names), addEntry(names), changeEntry(names), moveSession(names)];
}

function lockUsers({ of, bare }: SqlNames): string {
  return `CREATE FUNCTION ${of('lock_users')}(a_user text, another_user text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  lock bigint;
BEGIN
  IF current_setting('transaction_isolation') = 'repeatable read' THEN
    RAISE EXCEPTION 'Sesame needs the isolation level read committed or serializable, not repeatable read'
      USING HINT = 'Set default_transaction_isolation on the connections that sessions use.';
  END IF;
  FOR lock IN
    SELECT DISTINCT hashtextextended('${bare('user')} ' || one, 0)
    FROM unnest(ARRAY[a_user, another_user]) AS one WHERE one IS NOT NULL ORDER BY 1
  LOOP
    PERFORM pg_advisory_xact_lock(lock);
  END LOOP;
END $$`;
}

function addEntry({ of, userSessions }: SqlNames): string {
  return `CREATE FUNCTION ${of('add_entry')}(
  a_user text, a_key text, expiry bigint, most integer, rejects integer, now_ms bigint
) RETURNS TABLE (outcome text, evicted text)
LANGUAGE plpgsql AS $$
DECLARE
  excess bigint := 0;
  is_there boolean := false;
BEGIN
  PERFORM ${of('lock_users')}(a_user, NULL);
  IF most >= 0 THEN
    SELECT count(*) FILTER (WHERE e.session_key <> a_key) + 1 - most,
      coalesce(bool_or(e.session_key = a_key), false)
    INTO excess, is_there
    FROM ${userSessions} e WHERE e.user_hash = a_user AND e.expires_at > now_ms;
    IF excess > 0 AND rejects = 1 THEN
      IF NOT is_there THEN
        RETURN QUERY SELECT 'full'::text, NULL::text;
        RETURN;
      END IF;
      excess := 0;
    END IF;
  END IF;
  IF excess > 0 THEN
    FOR evicted IN
      SELECT e.session_key FROM ${userSessions} e
      WHERE e.user_hash = a_user AND e.expires_at > now_ms AND e.session_key <> a_key
      ORDER BY e.expires_at, e.session_key LIMIT excess
    LOOP
      DELETE FROM ${userSessions} e WHERE e.session_key = evicted AND e.user_hash = a_user;
      IF FOUND THEN
        outcome := 'evicted';
        RETURN NEXT;
      END IF;
    END LOOP;
  END IF;
  INSERT INTO ${userSessions} AS e (session_key, user_hash, expires_at) VALUES (a_key, a_user, expiry)
  ON CONFLICT (session_key) DO UPDATE
  SET user_hash = excluded.user_hash, expires_at = excluded.expires_at;
END $$`;
}

function changeEntry({ of, userSessions }: SqlNames): string {
  return `CREATE FUNCTION ${of('change_entry')}(
  a_user text, former_key text, a_key text, expiry bigint, now_ms bigint
) RETURNS integer
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ${of('lock_users')}(a_user, NULL);
  PERFORM FROM ${userSessions} e
  WHERE e.session_key IN (a_key, former_key) AND e.user_hash = a_user AND e.expires_at > now_ms
  ORDER BY e.session_key FOR UPDATE;
  IF NOT FOUND THEN
    RETURN 0;
  END IF;
  DELETE FROM ${userSessions} e WHERE e.session_key = former_key;
  INSERT INTO ${userSessions} AS e (session_key, user_hash, expires_at) VALUES (a_key, a_user, expiry)
  ON CONFLICT (session_key) DO UPDATE
  SET user_hash = excluded.user_hash, expires_at = excluded.expires_at;
  RETURN 1;
END $$`;
}

function moveSession({ of, sessions, userSessions }: SqlNames): string {
  return `CREATE FUNCTION ${of('move_session')}(
  now_ms bigint, former_key text, former_version bigint, former_user text,
  mark text, mark_expiry bigint, new_key text, new_version bigint, new_payload text, new_expiry bigint,
  a_user text, entry_expiry bigint, most integer, rejects integer, needs_former integer
) RETURNS TABLE (outcome text, evicted text, found_version bigint, found_payload text)
LANGUAGE plpgsql AS $$
DECLARE
  there record;
BEGIN
  PERFORM ${of('lock_users')}(a_user, former_user);
  IF former_key IS NOT NULL THEN
    SELECT s.version, s.payload INTO there FROM ${sessions} s
    WHERE s.session_key = former_key AND s.expires_at > now_ms FOR UPDATE;
    IF NOT FOUND THEN
      RETURN QUERY SELECT 'gone'::text, NULL::text, NULL::bigint, NULL::text;
      RETURN;
    ELSIF there.version <> former_version THEN
      RETURN QUERY SELECT 'conflict'::text, NULL::text, there.version, there.payload;
      RETURN;
    END IF;
  END IF;
  IF EXISTS (
    SELECT FROM ${sessions} s WHERE s.session_key = new_key AND s.expires_at > now_ms
  ) THEN
    RETURN QUERY SELECT 'taken'::text, NULL::text, NULL::bigint, NULL::text;
    RETURN;
  END IF;
  IF a_user IS NOT NULL THEN
    IF coalesce(a_user = former_user, false)
      AND ${of('change_entry')}(a_user, former_key, new_key, entry_expiry, now_ms) = 1
    THEN
      former_user := NULL;
    ELSIF coalesce(a_user = former_user, false) AND needs_former = 1 THEN
      RETURN QUERY SELECT 'gone'::text, NULL::text, NULL::bigint, NULL::text;
      RETURN;
    ELSE
      FOR outcome, evicted IN
        SELECT e.outcome, e.evicted
        FROM ${of('add_entry')}(a_user, new_key, entry_expiry, most, rejects, now_ms) e
      LOOP
        RETURN NEXT;
      END LOOP;
      IF outcome = 'full' THEN
        RETURN;
      END IF;
    END IF;
  END IF;
  IF former_user IS NOT NULL THEN
    DELETE FROM ${userSessions} e WHERE e.session_key = former_key AND e.user_hash = former_user;
  END IF;
  IF mark IS NOT NULL THEN
    UPDATE ${sessions} s SET version = s.version + 1, payload = mark, expires_at = mark_expiry, turn = ''
    WHERE s.session_key = former_key;
  ELSIF former_key IS NOT NULL THEN
    DELETE FROM ${sessions} s WHERE s.session_key = former_key;
  END IF;
  DELETE FROM ${sessions} s WHERE s.session_key = new_key;
  INSERT INTO ${sessions} (session_key, version, expires_at, payload)
  VALUES (new_key, new_version, new_expiry, new_payload);
  RETURN QUERY SELECT 'moved'::text, NULL::text, new_version, NULL::text;
END $$`;
}
