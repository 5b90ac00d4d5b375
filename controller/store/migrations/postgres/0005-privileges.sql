-- oldest: 4
-- The API's role may do nothing but call the functions below; they run as the owner of
-- the schema.  Whoever else finds the tables (Supabase's anon and authenticated) sees no
-- row of them.

-- A step that does not say which programs can use it shuts out all that are older.
CREATE FUNCTION berth.schema_version() RETURNS TABLE (version int, oldest int)
LANGUAGE sql STABLE AS $f$
  SELECT coalesce(max(m.version), 0), coalesce(max(coalesce(nullif(m.oldest, 0), m.version)), 0)
  FROM berth.migration m
$f$;

CREATE FUNCTION berth.get(p_resource text, p_namespace text, p_name text)
RETURNS TABLE (resource text, namespace text, name text, uid text, created bigint,
               revision bigint, place bigint, bytes text, base bigint)
LANGUAGE sql STABLE AS $f$
  SELECT t.resource, t.namespace, t.name, t.uid, t.created, t.revision, t.place, t.bytes, t.base
  FROM berth.object t
  WHERE t.resource = p_resource AND t.namespace = p_namespace AND t.name = p_name
$f$;

-- Where the audit log is cut, where it ends, and its records after one.
CREATE FUNCTION berth.read_audit(p_seq bigint, p_limit bigint)
RETURNS TABLE (cut_seq bigint, cut_hash text, audit_seq bigint, audit_hash text, seq bigint,
               at bigint, revision bigint, record text, hash text)
LANGUAGE sql STABLE AS $f$
  SELECT m.cut_seq, m.cut_hash, m.audit_seq, m.audit_hash, a.*
  FROM berth.meta m LEFT JOIN LATERAL (
    SELECT x.seq, x.at, x.revision, x.record, x.hash
    FROM berth.audit x WHERE x.seq > p_seq ORDER BY x.seq LIMIT p_limit
  ) a ON true
  ORDER BY a.seq
$f$;

-- One part of the state, as the lines of a backup (archive.hpp): `key` is where the next
-- call goes on.
CREATE FUNCTION berth.archive(p_part text, p_after bigint, p_limit bigint)
RETURNS TABLE (key bigint, line text) LANGUAGE sql STABLE AS $f$
  SELECT 0::bigint, json_build_array('meta', m.head, m.id, m.sealing_key, m.audit_seq,
      m.audit_hash, m.cut_seq, m.cut_hash)::text
    FROM berth.meta m WHERE p_part = 'meta'
  UNION ALL SELECT 0, json_build_array('claim', c.claim, c.resource, c.namespace, c.name)::text
    FROM berth.claim c WHERE p_part = 'claim'
  UNION ALL SELECT 0, json_build_array('lease', l.name, l.token)::text
    FROM berth.lease l WHERE p_part = 'lease'
  UNION ALL (SELECT o.revision, json_build_array('object', o.resource, o.namespace, o.name, o.uid,
      o.created, o.revision, o.base, o.place, o.bytes)::text
    FROM berth.object o WHERE p_part = 'object' AND o.revision > p_after
    ORDER BY o.revision LIMIT p_limit)
  UNION ALL (SELECT a.seq, json_build_array('audit', a.seq, a.at, a.revision, a.record, a.hash)::text
    FROM berth.audit a WHERE p_part = 'audit' AND a.seq > p_after ORDER BY a.seq LIMIT p_limit)
$f$;

-- What the API's role may call.
CREATE FUNCTION berth.entry_points() RETURNS SETOF regprocedure LANGUAGE sql STABLE AS $f$
  SELECT p.oid::regprocedure FROM pg_proc p
  WHERE p.pronamespace = 'berth'::regnamespace AND p.proname IN (
    'apply', 'get', 'list_now', 'list_at', 'events_after', 'incarnation_check', 'lease_try',
    'lease_release', 'compact_mark', 'compact_sweep', 'read_audit', 'audit_trim',
    'sealing_state', 'set_sealing_key', 'seals', 'rows_but', 'replace_texts', 'archive',
    'schema_version')
$f$;

-- Run after every migration: what is new gets the same protection.
CREATE FUNCTION berth.protect() RETURNS void LANGUAGE plpgsql AS $f$
DECLARE
  f regprocedure;
  t regclass;
BEGIN
  REVOKE ALL ON ALL FUNCTIONS IN SCHEMA berth FROM PUBLIC;
  REVOKE ALL ON ALL TABLES IN SCHEMA berth FROM PUBLIC;
  FOR f IN SELECT berth.entry_points() LOOP
    EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = pg_catalog, pg_temp', f);
  END LOOP;
  FOR t IN SELECT c.oid FROM pg_class c
    WHERE c.relnamespace = 'berth'::regnamespace AND c.relkind = 'r' LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
  END LOOP;
END $f$;

-- Makes p_owner the owner of everything, and lets p_user call the functions.
CREATE FUNCTION berth.hand_over(p_owner text, p_user text) RETURNS void LANGUAGE plpgsql AS $f$
DECLARE
  f regprocedure;
  t regclass;
BEGIN
  EXECUTE format('ALTER SCHEMA berth OWNER TO %I', p_owner);
  FOR f IN SELECT p.oid FROM pg_proc p WHERE p.pronamespace = 'berth'::regnamespace LOOP
    EXECUTE format('ALTER FUNCTION %s OWNER TO %I', f, p_owner);
  END LOOP;
  FOR t IN SELECT c.oid FROM pg_class c
    WHERE c.relnamespace = 'berth'::regnamespace AND c.relkind = 'r' LOOP
    EXECUTE format('ALTER TABLE %s OWNER TO %I', t, p_owner);
  END LOOP;
  EXECUTE format('GRANT USAGE ON SCHEMA berth TO %I', p_user);
  FOR f IN SELECT berth.entry_points() LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', f, p_user);
  END LOOP;
  EXECUTE format('ALTER ROLE %I SET statement_timeout = %L', p_user, '30s');
  EXECUTE format('ALTER ROLE %I SET lock_timeout = %L', p_user, '5s');
  EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = %L', p_user, '15s');
END $f$;
