-- The audit log is a chain of records from the cut, behind which they are gone, to the
-- newest.
ALTER TABLE meta ADD COLUMN audit_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE meta ADD COLUMN audit_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE meta ADD COLUMN cut_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE meta ADD COLUMN cut_hash TEXT NOT NULL DEFAULT '';

-- `hash` covers the hash before it and the other columns (core/audit/chain.hpp); `at` is
-- in milliseconds.
CREATE TABLE audit (
  seq      INTEGER PRIMARY KEY,
  at       INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  record   TEXT NOT NULL,
  hash     TEXT NOT NULL
) STRICT;

CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_kept BEFORE DELETE ON audit
WHEN OLD.seq > (SELECT cut_seq FROM meta) BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;
