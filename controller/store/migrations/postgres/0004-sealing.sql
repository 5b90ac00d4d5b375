-- `base` is the revision that a state replaced, 0 for the first; a deletion has that of
-- the state which it removed.  What is sealed is bound to it.
ALTER TABLE berth.object ADD COLUMN base bigint NOT NULL DEFAULT 0;
ALTER TABLE berth.event ADD COLUMN base bigint NOT NULL DEFAULT 0;

-- What is sealed is bound to the store's `id` too, which copies and backups keep.
-- `sealing_key` is the id of the newest key.
ALTER TABLE berth.meta
  ADD COLUMN id text NOT NULL DEFAULT gen_random_uuid()::text,
  ADD COLUMN sealing_key text NOT NULL DEFAULT '';

-- Tells which keys are in use: a sealed text begins with the id of its key.
CREATE INDEX event_seal ON berth.event (substr(bytes, 1, 13)) WHERE resource = 'secrets';

-- Carries out one write, with `head` the newest revision and the counter's row
-- locked by the caller.  Statements after the lock have snapshots from after the
-- lock, so none of them needs one of its own.
CREATE OR REPLACE FUNCTION berth.apply_one(
  head bigint, op int, p_resource text, p_namespace text, p_name text, p_uid text,
  expected bigint, p_place bigint, body text, claims text[], p_actor text, p_token bigint,
  OUT status text, OUT detail text, OUT revision bigint, OUT uid text, OUT created bigint,
  OUT place bigint, OUT bytes text
) LANGUAGE plpgsql AS $f$
#variable_conflict use_column
DECLARE
  cur berth.object%ROWTYPE;
  hit boolean;
  holder berth.claim%ROWTYPE;
BEGIN
  revision := 0;
  SELECT * INTO cur FROM berth.object t
    WHERE t.resource = p_resource AND t.namespace = p_namespace AND t.name = p_name;
  hit := FOUND;
  IF op = 0 AND hit THEN status := 'exists'; RETURN; END IF;
  IF op <> 0 THEN
    IF NOT hit THEN status := 'absent'; RETURN; END IF;
    IF p_uid <> '' AND p_uid <> cur.uid THEN status := 'uid'; detail := cur.uid; RETURN; END IF;
    IF expected <> cur.revision THEN status := 'conflict'; RETURN; END IF;
  END IF;
  IF op = 2 THEN claims := '{}'; END IF;
  SELECT c.* INTO holder FROM berth.claim c
    WHERE c.claim = ANY (claims)
      AND (c.resource, c.namespace, c.name) <> (p_resource, p_namespace, p_name)
    ORDER BY array_position(claims, c.claim) LIMIT 1;
  IF FOUND THEN
    status := 'claim';
    detail := holder.claim || ' is taken by ' || holder.resource || ' ' ||
              CASE WHEN holder.namespace = '' THEN '' ELSE holder.namespace || '/' END ||
              holder.name;
    RETURN;
  END IF;

  status := 'ok';
  revision := head + 1;
  IF hit THEN
    uid := cur.uid;
    created := cur.created;
  ELSE
    uid := p_uid;
    created := revision;
  END IF;
  IF op = 0 THEN
    INSERT INTO berth.object
      VALUES (p_resource, p_namespace, p_name, uid, created, revision, p_place, body);
  ELSIF op = 1 THEN
    UPDATE berth.object t
      SET revision = head + 1, place = p_place, bytes = body, base = cur.revision
      WHERE t.resource = p_resource AND t.namespace = p_namespace AND t.name = p_name;
  ELSE
    DELETE FROM berth.object t
      WHERE t.resource = p_resource AND t.namespace = p_namespace AND t.name = p_name;
    p_place := cur.place;
    body := cur.bytes;
    place := cur.place;
    bytes := cur.bytes;
  END IF;
  INSERT INTO berth.event (revision, previous, type, resource, namespace, name, uid, created,
                           actor, token, place, bytes, base)
    VALUES (head + 1, CASE WHEN hit THEN cur.revision ELSE 0 END, op, p_resource, p_namespace,
            p_name, uid, created, p_actor, p_token, p_place, body,
            CASE WHEN NOT hit THEN 0 WHEN op = 2 THEN cur.base ELSE cur.revision END);
  DELETE FROM berth.claim c
    WHERE c.resource = p_resource AND c.namespace = p_namespace AND c.name = p_name
      AND c.claim <> ALL (claims);
  IF claims <> '{}' THEN
    INSERT INTO berth.claim
      SELECT x, p_resource, p_namespace, p_name FROM unnest(claims) x ON CONFLICT DO NOTHING;
  END IF;
END $f$;

-- The three ways to read, with one column more.
DROP FUNCTION berth.events_after(bigint, bigint);
DROP FUNCTION berth.list_now(text, text, text, bigint);
DROP FUNCTION berth.list_at(bigint, text, text, text, bigint);

-- The newest revision, the edge, and the changes after a revision: one statement,
-- hence one snapshot.
CREATE FUNCTION berth.events_after(p_revision bigint, p_limit bigint)
RETURNS TABLE (head bigint, edge bigint, type int, resource text, namespace text, name text,
               uid text, created bigint, revision bigint, place bigint, bytes text, base bigint)
LANGUAGE sql STABLE AS $f$
  SELECT m.head, m.edge, e.type, e.resource, e.namespace, e.name, e.uid, e.created, e.revision,
         e.place, e.bytes, e.base
  FROM berth.meta m LEFT JOIN LATERAL (
    SELECT * FROM berth.event x WHERE x.revision > p_revision ORDER BY x.revision LIMIT p_limit
  ) e ON true
  ORDER BY e.revision
$f$;

-- The newest objects of a kind after a key; '' is every kind.
CREATE FUNCTION berth.list_now(
  p_resource text, p_namespace text, p_name text, p_limit bigint)
RETURNS TABLE (head bigint, edge bigint, resource text, namespace text, name text, uid text,
               created bigint, revision bigint, place bigint, bytes text, base bigint)
LANGUAGE sql STABLE AS $f$
  SELECT m.head, m.edge, e.*
  FROM berth.meta m LEFT JOIN LATERAL (
    SELECT t.resource, t.namespace, t.name, t.uid, t.created, t.revision, t.place, t.bytes,
           t.base
    FROM berth.object t
    WHERE (p_resource = '' OR t.resource = p_resource)
      AND (t.namespace, t.name) > (p_namespace, p_name)
    ORDER BY t.resource, t.namespace, t.name LIMIT p_limit
  ) e ON true
  ORDER BY e.resource, e.namespace, e.name
$f$;

-- The same at revision p_at: objects that have not changed since, and of those that
-- have, the state that their first change since then has replaced.
CREATE FUNCTION berth.list_at(
  p_at bigint, p_resource text, p_namespace text, p_name text, p_limit bigint)
RETURNS TABLE (head bigint, edge bigint, resource text, namespace text, name text, uid text,
               created bigint, revision bigint, place bigint, bytes text, base bigint)
LANGUAGE sql STABLE AS $f$
  SELECT m.head, m.edge, e.*
  FROM berth.meta m LEFT JOIN LATERAL (
    SELECT t.resource, t.namespace, t.name, t.uid, t.created, t.revision, t.place, t.bytes,
           t.base
    FROM berth.object t
    WHERE (p_resource = '' OR t.resource = p_resource)
      AND (t.namespace, t.name) > (p_namespace, p_name) AND t.revision <= p_at
    UNION ALL
    SELECT p.resource, p.namespace, p.name, p.uid, p.created, p.revision, p.place, p.bytes,
           p.base
    FROM berth.event x JOIN berth.event p ON p.revision = x.previous
    WHERE x.revision > p_at AND x.previous > 0 AND x.previous <= p_at
      AND (p_resource = '' OR x.resource = p_resource)
      AND (x.namespace, x.name) > (p_namespace, p_name)
    ORDER BY 1, 2, 3 LIMIT p_limit
  ) e ON true
  ORDER BY e.resource, e.namespace, e.name
$f$;

-- What lies beneath the sealing, for those who change keys (raw_rows.hpp).
CREATE FUNCTION berth.sealing_state(p_first text) RETURNS TABLE (id text, key text)
LANGUAGE sql AS $f$
  UPDATE berth.meta SET sealing_key = p_first WHERE sealing_key = '' AND p_first <> '';
  SELECT m.id, m.sealing_key FROM berth.meta m
$f$;

CREATE FUNCTION berth.set_sealing_key(p_key text) RETURNS void LANGUAGE sql AS $f$
  UPDATE berth.meta SET sealing_key = p_key
$f$;

CREATE FUNCTION berth.seals() RETURNS TABLE (seal text, count bigint) LANGUAGE sql STABLE AS $f$
  SELECT substr(bytes, 1, 13), count(*) FROM berth.object WHERE resource = 'secrets' GROUP BY 1
  UNION ALL
  SELECT substr(bytes, 1, 13), count(*) FROM berth.event WHERE resource = 'secrets' GROUP BY 1
$f$;

CREATE FUNCTION berth.rows_but(p_log boolean, p_seal text, p_after bigint, p_limit bigint)
RETURNS TABLE (resource text, namespace text, name text, uid text, base bigint, revision bigint,
               place bigint, bytes text) LANGUAGE sql STABLE AS $f$
  SELECT * FROM (
    SELECT t.resource, t.namespace, t.name, t.uid, t.base, t.revision, t.place, t.bytes
    FROM berth.object t
    WHERE NOT p_log AND t.resource = 'secrets' AND substr(t.bytes, 1, 13) <> p_seal
    UNION ALL
    SELECT e.resource, e.namespace, e.name, e.uid, e.base, e.revision, e.place, e.bytes
    FROM berth.event e
    WHERE p_log AND e.resource = 'secrets' AND substr(e.bytes, 1, 13) <> p_seal
  ) x WHERE x.revision > p_after ORDER BY x.revision LIMIT p_limit
$f$;

-- The row of meta is locked as every writer locks it, so that none waits for another
-- in a circle.
CREATE FUNCTION berth.replace_texts(p_log boolean, p_rows jsonb, p_bodies text[])
RETURNS void LANGUAGE plpgsql AS $f$
DECLARE
  o record;
BEGIN
  PERFORM set_config('lock_timeout', '5s', true);
  PERFORM FROM berth.meta FOR UPDATE;
  FOR o IN SELECT * FROM ROWS FROM (jsonb_to_recordset(p_rows) AS (
      namespace text, name text, revision bigint, place bigint)) WITH ORDINALITY
  LOOP
    IF p_log THEN
      UPDATE berth.event e SET place = o.place, bytes = p_bodies[o.ordinality]
        WHERE e.revision = o.revision AND e.resource = 'secrets';
    ELSE
      UPDATE berth.object t SET place = o.place, bytes = p_bodies[o.ordinality]
        WHERE t.resource = 'secrets' AND t.namespace = o.namespace AND t.name = o.name
          AND t.revision = o.revision;
    END IF;
  END LOOP;
END $f$;
