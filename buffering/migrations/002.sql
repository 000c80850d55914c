-- Storage format 2: removed ranges take the place of the one anchor of a lane; signed heads.

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

CREATE TABLE device_key (
    fingerprint TEXT PRIMARY KEY NOT NULL,                 -- SHA-256 of the public key, hexadecimal
    public_key  BLOB NOT NULL CHECK (length(public_key) = 32)
) WITHOUT ROWID, STRICT;

-- A lane's chain value, signed by the device: it vouches for every record up to and with `seq`.
CREATE TABLE signature (
    epoch       INTEGER NOT NULL,
    lane        TEXT    NOT NULL,
    seq         INTEGER NOT NULL,
    chain       BLOB    NOT NULL CHECK (length(chain) = 32),
    signed_ns   INTEGER NOT NULL,
    fingerprint TEXT    NOT NULL,
    signature   BLOB    NOT NULL CHECK (length(signature) = 64),
    PRIMARY KEY (epoch, lane, seq)
) WITHOUT ROWID, STRICT;
