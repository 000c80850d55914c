-- Storage format 1, the exact meaning in docs/storage-format.md.
-- Text, not numbers, for lanes and streams: the file must explain itself in thirty years.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY NOT NULL,
    value ANY NOT NULL
) WITHOUT ROWID, STRICT;

-- A rowid table on purpose: with the payload inside a key's b-tree, pages fill worse and reads go deeper.
CREATE TABLE record (
    epoch    INTEGER NOT NULL,
    lane     TEXT    NOT NULL CHECK (lane IN ('alarm', 'event', 'reading')),
    seq      INTEGER NOT NULL CHECK (seq > 0),
    first_ns INTEGER NOT NULL,
    last_ns  INTEGER NOT NULL,
    count    INTEGER NOT NULL CHECK (count >= 0),
    total    INTEGER NOT NULL,                             -- items of the lane up to and with this record
    uid      BLOB    NOT NULL CHECK (length(uid) = 16),
    sha256   BLOB    NOT NULL CHECK (length(sha256) = 32), -- of the payload
    chain    BLOB    NOT NULL CHECK (length(chain) = 32),
    payload  BLOB    NOT NULL,                             -- last, so that headers are read without it
    PRIMARY KEY (epoch, lane, seq)
) STRICT;

-- The newest record that was removed from a lane: numbers stay, and the chain is checked from here on.
CREATE TABLE anchor (
    epoch INTEGER NOT NULL,
    lane  TEXT    NOT NULL,
    seq   INTEGER NOT NULL,
    total INTEGER NOT NULL,
    chain BLOB    NOT NULL CHECK (length(chain) = 32),
    PRIMARY KEY (epoch, lane)
) WITHOUT ROWID, STRICT;

CREATE TABLE state (
    key   TEXT PRIMARY KEY NOT NULL,
    value BLOB NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TABLE destination (
    name        TEXT PRIMARY KEY NOT NULL,
    next_number INTEGER NOT NULL CHECK (next_number > 0)
) WITHOUT ROWID, STRICT;

CREATE TABLE pending (
    destination TEXT    NOT NULL,
    epoch       INTEGER NOT NULL,
    lane        TEXT    NOT NULL,
    first       INTEGER NOT NULL,
    last        INTEGER CHECK (last >= first),             -- NULL is open: every record to come
    PRIMARY KEY (destination, epoch, lane, first)
) WITHOUT ROWID, STRICT;

CREATE TABLE message (
    destination TEXT    NOT NULL,
    number      INTEGER NOT NULL,
    id          BLOB    NOT NULL CHECK (length(id) = 16),
    stream      TEXT    NOT NULL CHECK (stream IN ('alarm', 'event', 'live', 'backfill')),
    epoch       INTEGER NOT NULL,
    lane        TEXT    NOT NULL,
    first       INTEGER NOT NULL,
    last        INTEGER NOT NULL CHECK (last >= first),
    attempts    INTEGER NOT NULL DEFAULT 0,
    parked      TEXT,                                      -- the reason; NULL is to be sent
    PRIMARY KEY (destination, number)
) WITHOUT ROWID, STRICT;
