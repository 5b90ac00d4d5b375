-- The audit log is a chain of records from the cut, behind which they are gone, to the
-- newest.
ALTER TABLE berth.meta
  ADD COLUMN audit_seq bigint NOT NULL DEFAULT 0,
  ADD COLUMN audit_hash text NOT NULL DEFAULT '',
  ADD COLUMN cut_seq bigint NOT NULL DEFAULT 0,
  ADD COLUMN cut_hash text NOT NULL DEFAULT '';

-- `hash` covers the hash before it and the other columns (core/audit/chain.hpp); `at` is
-- in milliseconds.
CREATE TABLE berth.audit (
  seq      bigint PRIMARY KEY,
  at       bigint NOT NULL,
  revision bigint NOT NULL,
  record   text NOT NULL,
  hash     text NOT NULL
);

CREATE FUNCTION berth.audit_guard() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.seq <= (SELECT m.cut_seq FROM berth.meta m) THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'the audit log is append-only';
END $f$;
CREATE TRIGGER audit_kept BEFORE UPDATE OR DELETE ON berth.audit
  FOR EACH ROW EXECUTE FUNCTION berth.audit_guard();
CREATE FUNCTION berth.audit_guard_all() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only';
END $f$;
CREATE TRIGGER audit_not_truncated BEFORE TRUNCATE ON berth.audit
  FOR EACH STATEMENT EXECUTE FUNCTION berth.audit_guard_all();

CREATE FUNCTION berth.audit_moment() RETURNS bigint LANGUAGE sql AS $f$
  SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint
$f$;

-- Carries out writes, in one transaction; a write that is refused spoils no other.
-- `bodies` has the bytes of each, in the order of `ops`.  A request that was seen
-- before is answered as it was then, its bytes included.  Of each that takes effect the
-- audit log keeps `audit`; operation 3 is nothing but that.
CREATE OR REPLACE FUNCTION berth.apply(ops jsonb, bodies text[])
RETURNS TABLE (status text, detail text, revision bigint, uid text, created bigint,
               place bigint, bytes text) LANGUAGE plpgsql AS $f$
#variable_conflict use_variable
DECLARE
  h bigint;
  h0 bigint;
  s bigint;
  s0 bigint;
  hash text;
  moment bigint;
  o record;
  known berth.request%ROWTYPE;
BEGIN
  PERFORM set_config('synchronous_commit', 'on', true);
  PERFORM set_config('lock_timeout', '5s', true);
  SELECT m.head, m.audit_seq, m.audit_hash INTO h, s, hash
    FROM berth.meta m WHERE m.origin = berth.origin_now() FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM berth.incarnation_check();
    SELECT m.head, m.audit_seq, m.audit_hash INTO h, s, hash FROM berth.meta m FOR UPDATE;
  END IF;
  h0 := h;
  s0 := s;
  FOR o IN SELECT * FROM ROWS FROM (jsonb_to_recordset(ops) AS (
      op int, resource text, namespace text, name text, uid text, expected bigint, place bigint,
      claims text[], actor text, request text, lease text, token bigint,
      audit text)) WITH ORDINALITY
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
    IF o.op = 3 THEN
      status := 'ok'; detail := ''; revision := 0;
      uid := NULL; created := NULL; place := NULL; bytes := NULL;
    ELSE
      SELECT a.* INTO status, detail, revision, uid, created, place, bytes
        FROM berth.apply_one(h, o.op, o.resource, o.namespace, o.name, o.uid, o.expected, o.place,
                             bodies[o.ordinality], o.claims, o.actor, o.token) a;
      IF revision > 0 THEN h := revision; END IF;
    END IF;
    IF status = 'ok' AND o.audit <> '' THEN
      s := s + 1;
      moment := berth.audit_moment();
      hash := encode(sha256(convert_to(
        concat_ws(E'\n', hash, s, moment, revision, o.audit), 'UTF8')), 'hex');
      INSERT INTO berth.audit VALUES (s, moment, revision, o.audit, hash);
    END IF;
    IF o.request <> '' THEN
      INSERT INTO berth.request (id, status, detail, revision)
        VALUES (o.request, status, coalesce(detail, ''), revision);
    END IF;
    RETURN NEXT;
  END LOOP;
  IF h <> h0 OR s <> s0 THEN
    UPDATE berth.meta SET head = h, audit_seq = s, audit_hash = hash;
  END IF;
END $f$;

-- Forgets, in part, what is older; gives how many.  First the cut is moved, which the
-- guard asks for.
CREATE FUNCTION berth.audit_trim(p_before bigint, p_batch bigint) RETURNS bigint
LANGUAGE plpgsql AS $f$
DECLARE
  seen bigint;
  last bigint;
BEGIN
  WITH x AS (SELECT a.seq, a.at FROM berth.audit a ORDER BY a.seq LIMIT p_batch)
  SELECT count(*), max(x.seq) INTO seen, last FROM x
    WHERE x.seq < coalesce((SELECT min(y.seq) FROM x y WHERE y.at >= p_before), x.seq + 1);
  IF seen > 0 THEN
    UPDATE berth.meta SET cut_seq = last,
      cut_hash = (SELECT a.hash FROM berth.audit a WHERE a.seq = last);
    DELETE FROM berth.audit a WHERE a.seq <= last;
  END IF;
  RETURN seen;
END $f$;
