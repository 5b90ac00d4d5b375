-- One row: the counter of revisions, locked by every writer until its commit is
-- visible, so that the order of revisions is the order of commits.  Events up to
-- `edge` are no longer served; those up to `swept` have been looked at by the sweep.
CREATE TABLE berth.meta (
  one    boolean PRIMARY KEY DEFAULT true CHECK (one),
  head   bigint NOT NULL DEFAULT (1::bigint << 40),
  edge   bigint NOT NULL DEFAULT (1::bigint << 40),
  swept  bigint NOT NULL DEFAULT (1::bigint << 40),
  origin text NOT NULL
) WITH (fillfactor = 20, autovacuum_vacuum_threshold = 50, autovacuum_vacuum_scale_factor = 0);

-- The newest state.  `bytes` lacks the digits of the revision; they belong at the
-- offset `place`.  It is text and not jsonb: what is served is what was written.
CREATE TABLE berth.object (
  resource  text COLLATE "C" NOT NULL,
  namespace text COLLATE "C" NOT NULL,
  name      text COLLATE "C" NOT NULL,
  uid       text NOT NULL,
  created   bigint NOT NULL,
  revision  bigint NOT NULL,
  place     bigint NOT NULL,
  bytes     text NOT NULL,
  PRIMARY KEY (resource, namespace, name)
) WITH (fillfactor = 70);

-- One row per revision; `previous` is the object's revision before, 0 when there
-- was none.  `type` is 0 added, 1 modified, 2 deleted.
CREATE TABLE berth.event (
  revision  bigint PRIMARY KEY,
  previous  bigint NOT NULL,
  type      int NOT NULL,
  at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  resource  text COLLATE "C" NOT NULL,
  namespace text COLLATE "C" NOT NULL,
  name      text COLLATE "C" NOT NULL,
  uid       text NOT NULL,
  created   bigint NOT NULL,
  actor     text NOT NULL,
  token     bigint NOT NULL,
  place     bigint NOT NULL,
  bytes     text NOT NULL
);

-- What a request led to, to be told again when its outcome was unknown.
CREATE TABLE berth.request (
  id       text PRIMARY KEY,
  at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  status   text NOT NULL,
  detail   text NOT NULL,
  revision bigint NOT NULL
);

CREATE TABLE berth.claim (
  claim     text COLLATE "C" PRIMARY KEY,
  resource  text COLLATE "C" NOT NULL,
  namespace text COLLATE "C" NOT NULL,
  name      text COLLATE "C" NOT NULL
);
CREATE INDEX claim_holder ON berth.claim (resource, namespace, name);

CREATE TABLE berth.lease (
  name       text COLLATE "C" PRIMARY KEY,
  holder     text NOT NULL,
  token      bigint NOT NULL,
  renewals   bigint NOT NULL,
  expires_at timestamptz NOT NULL
) WITH (fillfactor = 20);

-- Which history this is: changes on promotion and point-in-time recovery (the
-- timeline), in another cluster, and when a dump was put back (the oids).
CREATE FUNCTION berth.origin_now() RETURNS text LANGUAGE sql STABLE AS $f$
  SELECT concat_ws('/', (SELECT system_identifier FROM pg_control_system()),
    left(pg_walfile_name(pg_current_wal_lsn()), 8),
    (SELECT oid FROM pg_database WHERE datname = current_database()),
    'berth.meta'::regclass::oid)
$f$;

INSERT INTO berth.meta (origin) VALUES (berth.origin_now());

-- Begins a new incarnation when this is not the history that meta speaks of.
CREATE FUNCTION berth.incarnation_check() RETURNS bigint LANGUAGE plpgsql AS $f$
DECLARE
  h bigint;
  o text := berth.origin_now();
BEGIN
  SELECT m.head INTO h FROM berth.meta m WHERE m.origin = o;
  IF FOUND THEN RETURN h; END IF;
  SELECT m.head INTO h FROM berth.meta m WHERE m.origin <> o FOR UPDATE;
  IF FOUND THEN
    h := ((h >> 40) + 1) << 40;
    UPDATE berth.meta SET head = h, edge = h, origin = o;
    RETURN h;
  END IF;
  SELECT m.head INTO h FROM berth.meta m;
  RETURN h;
END $f$;
