-- `base` is the revision that a state replaced, 0 for the first; a deletion has that of
-- the state which it removed.  What is sealed is bound to it.
ALTER TABLE object ADD COLUMN base INTEGER NOT NULL DEFAULT 0;
ALTER TABLE event ADD COLUMN base INTEGER NOT NULL DEFAULT 0;

-- What is sealed is bound to the store's `id` too, which copies and backups keep.
-- `sealing_key` is the id of the newest key.
ALTER TABLE meta ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE meta ADD COLUMN sealing_key TEXT NOT NULL DEFAULT '';
UPDATE meta SET id = substr(origin, 1, 36);

-- Tells which keys are in use: a sealed text begins with the id of its key.
CREATE INDEX event_seal ON event (substr(bytes, 1, 13)) WHERE resource = 'secrets';
