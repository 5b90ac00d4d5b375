-- One row: the counter of revisions.  Events up to `edge` are no longer served;
-- those up to `swept` have been looked at by the sweep.
CREATE TABLE meta (
  one    INTEGER PRIMARY KEY CHECK (one = 1),
  head   INTEGER NOT NULL,
  edge   INTEGER NOT NULL,
  swept  INTEGER NOT NULL,
  origin TEXT NOT NULL
) STRICT;

-- The newest state.  `bytes` lacks the digits of the revision; they belong at the
-- offset `place`.
CREATE TABLE object (
  resource  TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name      TEXT NOT NULL,
  uid       TEXT NOT NULL,
  created   INTEGER NOT NULL,
  revision  INTEGER NOT NULL,
  place     INTEGER NOT NULL,
  bytes     TEXT NOT NULL,
  PRIMARY KEY (resource, namespace, name)
) STRICT, WITHOUT ROWID;

-- One row per revision; `previous` is the object's revision before, 0 when there
-- was none.  `type` is 0 added, 1 modified, 2 deleted.
CREATE TABLE event (
  revision  INTEGER PRIMARY KEY,
  previous  INTEGER NOT NULL,
  type      INTEGER NOT NULL,
  at        INTEGER NOT NULL,
  resource  TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name      TEXT NOT NULL,
  uid       TEXT NOT NULL,
  created   INTEGER NOT NULL,
  actor     TEXT NOT NULL,
  token     INTEGER NOT NULL,
  place     INTEGER NOT NULL,
  bytes     TEXT NOT NULL
) STRICT;

-- What a request led to: the event of this revision, or an error.
CREATE TABLE request (
  id       TEXT PRIMARY KEY,
  at       INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  reason   INTEGER NOT NULL,
  message  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE claim (
  claim     TEXT PRIMARY KEY,
  resource  TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name      TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX claim_holder ON claim (resource, namespace, name);

CREATE TABLE lease (
  name     TEXT PRIMARY KEY,
  holder   TEXT NOT NULL,
  token    INTEGER NOT NULL,
  renewals INTEGER NOT NULL,
  expires  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
