-- Carries out one write, with `head` the newest revision and the counter's row
-- locked by the caller.  Statements after the lock have snapshots from after the
-- lock, so none of them needs one of its own.
CREATE FUNCTION berth.apply_one(
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
    UPDATE berth.object t SET revision = head + 1, place = p_place, bytes = body
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
                           actor, token, place, bytes)
    VALUES (head + 1, CASE WHEN hit THEN cur.revision ELSE 0 END, op, p_resource, p_namespace,
            p_name, uid, created, p_actor, p_token, p_place, body);
  DELETE FROM berth.claim c
    WHERE c.resource = p_resource AND c.namespace = p_namespace AND c.name = p_name
      AND c.claim <> ALL (claims);
  IF claims <> '{}' THEN
    INSERT INTO berth.claim
      SELECT x, p_resource, p_namespace, p_name FROM unnest(claims) x ON CONFLICT DO NOTHING;
  END IF;
END $f$;

-- Carries out writes, in one transaction; a write that is refused spoils no other.
-- `bodies` has the bytes of each, in the order of `ops`.  A request that was seen
-- before is answered as it was then, its bytes included.
CREATE FUNCTION berth.apply(ops jsonb, bodies text[])
RETURNS TABLE (status text, detail text, revision bigint, uid text, created bigint,
               place bigint, bytes text) LANGUAGE plpgsql AS $f$
#variable_conflict use_variable
DECLARE
  h bigint;
  h0 bigint;
  o record;
  known berth.request%ROWTYPE;
BEGIN
  PERFORM set_config('synchronous_commit', 'on', true);
  PERFORM set_config('lock_timeout', '5s', true);
  SELECT m.head INTO h FROM berth.meta m WHERE m.origin = berth.origin_now() FOR UPDATE;
  IF NOT FOUND THEN
    h := berth.incarnation_check();
    SELECT m.head INTO h FROM berth.meta m FOR UPDATE;
  END IF;
  h0 := h;
  FOR o IN SELECT * FROM ROWS FROM (jsonb_to_recordset(ops) AS (
      op int, resource text, namespace text, name text, uid text, expected bigint, place bigint,
      claims text[], actor text, request text, lease text, token bigint)) WITH ORDINALITY
  LOOP
    IF o.request <> '' THEN
      SELECT q.* INTO known FROM berth.request q WHERE q.id = o.request;
      IF FOUND THEN
        status := known.status; detail := known.detail; revision := known.revision;
        uid := NULL; created := NULL; place := NULL; bytes := NULL;
        IF revision > 0 THEN
          SELECT e.uid, e.created, e.place, e.bytes INTO uid, created, place, bytes
            FROM berth.event e WHERE e.revision = known.revision;
        END IF;
        RETURN NEXT;
        CONTINUE;
      END IF;
    END IF;
    IF o.lease <> '' AND NOT EXISTS (
        SELECT FROM berth.lease l WHERE l.name = o.lease AND l.token = o.token) THEN
      status := 'fenced'; detail := ''; revision := 0;
      uid := NULL; created := NULL; place := NULL; bytes := NULL;
      RETURN NEXT;
      CONTINUE;
    END IF;
    SELECT a.* INTO status, detail, revision, uid, created, place, bytes
      FROM berth.apply_one(h, o.op, o.resource, o.namespace, o.name, o.uid, o.expected, o.place,
                           bodies[o.ordinality], o.claims, o.actor, o.token) a;
    IF revision > 0 THEN h := revision; END IF;
    IF o.request <> '' THEN
      INSERT INTO berth.request (id, status, detail, revision)
        VALUES (o.request, status, coalesce(detail, ''), revision);
    END IF;
    RETURN NEXT;
  END LOOP;
  IF h <> h0 THEN UPDATE berth.meta SET head = h; END IF;
END $f$;

-- The newest revision, the edge, and the changes after a revision: one statement,
-- hence one snapshot.
CREATE FUNCTION berth.events_after(p_revision bigint, p_limit bigint)
RETURNS TABLE (head bigint, edge bigint, type int, resource text, namespace text, name text,
               uid text, created bigint, revision bigint, place bigint, bytes text)
LANGUAGE sql STABLE AS $f$
  SELECT m.head, m.edge, e.type, e.resource, e.namespace, e.name, e.uid, e.created, e.revision,
         e.place, e.bytes
  FROM berth.meta m LEFT JOIN LATERAL (
    SELECT * FROM berth.event x WHERE x.revision > p_revision ORDER BY x.revision LIMIT p_limit
  ) e ON true
  ORDER BY e.revision
$f$;

-- The newest objects of a kind after a key; '' is every kind.
CREATE FUNCTION berth.list_now(
  p_resource text, p_namespace text, p_name text, p_limit bigint)
RETURNS TABLE (head bigint, edge bigint, resource text, namespace text, name text, uid text,
               created bigint, revision bigint, place bigint, bytes text)
LANGUAGE sql STABLE AS $f$
  SELECT m.head, m.edge, e.*
  FROM berth.meta m LEFT JOIN LATERAL (
    SELECT t.resource, t.namespace, t.name, t.uid, t.created, t.revision, t.place, t.bytes
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
               created bigint, revision bigint, place bigint, bytes text)
LANGUAGE sql STABLE AS $f$
  SELECT m.head, m.edge, e.*
  FROM berth.meta m LEFT JOIN LATERAL (
    SELECT t.resource, t.namespace, t.name, t.uid, t.created, t.revision, t.place, t.bytes
    FROM berth.object t
    WHERE (p_resource = '' OR t.resource = p_resource)
      AND (t.namespace, t.name) > (p_namespace, p_name) AND t.revision <= p_at
    UNION ALL
    SELECT p.resource, p.namespace, p.name, p.uid, p.created, p.revision, p.place, p.bytes
    FROM berth.event x JOIN berth.event p ON p.revision = x.previous
    WHERE x.revision > p_at AND x.previous > 0 AND x.previous <= p_at
      AND (p_resource = '' OR x.resource = p_resource)
      AND (x.namespace, x.name) > (p_namespace, p_name)
    ORDER BY 1, 2, 3 LIMIT p_limit
  ) e ON true
  ORDER BY e.resource, e.namespace, e.name
$f$;

-- Renewing takes no lock of the store; taking over does, so that it is ordered
-- against every fenced write.
CREATE FUNCTION berth.lease_try(p_name text, p_holder text, p_ttl interval)
RETURNS TABLE (held boolean, token bigint, renewals bigint, left_ms bigint)
LANGUAGE plpgsql AS $f$
#variable_conflict use_column
DECLARE
  l berth.lease%ROWTYPE;
BEGIN
  UPDATE berth.lease x
    SET renewals = x.renewals + 1, expires_at = clock_timestamp() + p_ttl
    WHERE x.name = p_name AND x.holder = p_holder AND x.expires_at > clock_timestamp();
  held := FOUND;
  IF NOT held THEN
    PERFORM set_config('synchronous_commit', 'on', true);
    PERFORM set_config('lock_timeout', '5s', true);
    PERFORM FROM berth.meta FOR UPDATE;
    INSERT INTO berth.lease AS x VALUES (p_name, p_holder, 1, 0, clock_timestamp() + p_ttl)
      ON CONFLICT (name) DO UPDATE
        SET holder = p_holder, token = x.token + 1, renewals = 0,
            expires_at = clock_timestamp() + p_ttl
        WHERE x.expires_at <= clock_timestamp();
    held := FOUND;
  END IF;
  SELECT x.* INTO l FROM berth.lease x WHERE x.name = p_name;
  token := l.token;
  renewals := l.renewals;
  left_ms := greatest(0, extract(epoch FROM l.expires_at - clock_timestamp()) * 1000)::bigint;
  RETURN NEXT;
END $f$;

CREATE FUNCTION berth.lease_release(p_name text, p_holder text) RETURNS void LANGUAGE sql AS $f$
  UPDATE berth.lease SET expires_at = clock_timestamp()
    WHERE name = p_name AND holder = p_holder AND expires_at > clock_timestamp()
$f$;

-- Publishes the edge, before anything behind it is deleted.
CREATE FUNCTION berth.compact_mark(p_keep bigint) RETURNS bigint LANGUAGE sql AS $f$
  UPDATE berth.meta SET edge = greatest(edge, head - p_keep) RETURNING edge
$f$;

-- Deletes, in part, what lies behind the edge and answers no request any more; gives
-- how many events it looked at.  An event goes when the one that replaced it is
-- behind the edge, so that a list at any revision that is still served finds what
-- was there.
CREATE FUNCTION berth.compact_sweep(p_batch bigint) RETURNS bigint LANGUAGE plpgsql AS $f$
DECLARE
  young timestamptz := clock_timestamp() - interval '1 hour';
  seen bigint;
  last bigint;
  gone bigint[];
BEGIN
  DELETE FROM berth.request q WHERE q.at < young;
  WITH x AS (
    SELECT e.revision, e.previous, e.type, e.at FROM berth.event e, berth.meta m
    WHERE e.revision > m.swept AND e.revision <= m.edge ORDER BY e.revision LIMIT p_batch
  ), old AS (
    SELECT * FROM x
    WHERE x.revision < coalesce((SELECT min(y.revision) FROM x y WHERE y.at >= young), x.revision + 1)
  )
  SELECT count(*), max(revision),
         array_agg(previous) || array_agg(revision) FILTER (WHERE type = 2)
    INTO seen, last, gone FROM old;
  IF seen > 0 THEN
    DELETE FROM berth.event e WHERE e.revision = ANY (gone);
    UPDATE berth.meta SET swept = greatest(swept, last);
  END IF;
  RETURN seen;
END $f$;
