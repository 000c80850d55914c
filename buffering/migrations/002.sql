-- Storage format 2: removed ranges take the place of the one anchor of a lane.

-- Records that are no longer there. Numbers, totals and the chain go on from the last of them.
CREATE TABLE removed (
    epoch INTEGER NOT NULL,
    lane  TEXT    NOT NULL,
    first INTEGER NOT NULL CHECK (first > 0),
    last  INTEGER NOT NULL CHECK (last >= first),
    total INTEGER,                                         -- NULL where damage took it
    chain BLOB    CHECK (length(chain) = 32),
    cause TEXT    NOT NULL CHECK (cause IN ('retention', 'damage')),
    PRIMARY KEY (epoch, lane, first)
) WITHOUT ROWID, STRICT;

INSERT INTO removed SELECT epoch, lane, 1, seq, total, chain, 'retention' FROM anchor;

DROP TABLE anchor;
