-- Times are unix milliseconds. Lists and structures are JSON in TEXT. Only what SQLite and PostgreSQL share.

CREATE TABLE releases (
    number       BIGINT NOT NULL PRIMARY KEY,
    published_at BIGINT NOT NULL,
    note         TEXT   NOT NULL,
    origin       TEXT   NOT NULL,
    pack_hash    TEXT   NOT NULL,
    engine       TEXT   NOT NULL,
    files        TEXT   NOT NULL
);

CREATE TABLE cases (
    id             TEXT   NOT NULL PRIMARY KEY,
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    expires_at     BIGINT,
    revision       BIGINT NOT NULL,
    ticket         TEXT,
    machine        TEXT,
    account        TEXT,
    note           TEXT,
    product        TEXT,
    chosen_rule    TEXT,
    pinned_release BIGINT NOT NULL REFERENCES releases (number),
    verdict        TEXT,
    rules          TEXT   NOT NULL,
    outcome        TEXT
);
CREATE INDEX cases_updated ON cases (updated_at, id);
CREATE INDEX cases_expires ON cases (expires_at);
CREATE INDEX cases_ticket ON cases (ticket);
CREATE INDEX cases_machine ON cases (machine);

CREATE TABLE rounds (
    case_id  TEXT   NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    number   BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    who      TEXT,
    problems TEXT   NOT NULL,
    receipt  TEXT   NOT NULL,
    PRIMARY KEY (case_id, number)
);

-- `text` is compressed with zlib; `size` counts its bytes before that.
CREATE TABLE sources (
    case_id  TEXT   NOT NULL,
    round    BIGINT NOT NULL,
    position BIGINT NOT NULL,
    name     TEXT   NOT NULL,
    size     BIGINT NOT NULL,
    text     BLOB   NOT NULL,
    PRIMARY KEY (case_id, round, position),
    FOREIGN KEY (case_id, round) REFERENCES rounds (case_id, number) ON DELETE CASCADE
);

CREATE TABLE given_facts (
    case_id  TEXT   NOT NULL,
    round    BIGINT NOT NULL,
    position BIGINT NOT NULL,
    name     TEXT   NOT NULL,
    value    TEXT   NOT NULL,
    PRIMARY KEY (case_id, round, position),
    FOREIGN KEY (case_id, round) REFERENCES rounds (case_id, number) ON DELETE CASCADE
);

-- `visit` counts the visits of a step from 1; 0 is an answer that was set aside.
CREATE TABLE answers (
    case_id  TEXT   NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    rule     TEXT   NOT NULL,
    step     TEXT   NOT NULL,
    visit    BIGINT NOT NULL,
    answer   TEXT   NOT NULL,
    round    BIGINT NOT NULL,
    who      TEXT,
    at       BIGINT NOT NULL,
    PRIMARY KEY (case_id, position)
);

CREATE TABLE outcomes (
    case_id    TEXT   NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    position   BIGINT NOT NULL,
    outcome    TEXT   NOT NULL,
    rule       TEXT,
    step       TEXT,
    note       TEXT,
    right_rule TEXT,
    who        TEXT,
    at         BIGINT NOT NULL,
    PRIMARY KEY (case_id, position)
);

CREATE TABLE timeline (
    case_id  TEXT   NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    who      TEXT,
    what     TEXT   NOT NULL,
    PRIMARY KEY (case_id, position)
);

CREATE TABLE tombstones (
    id             TEXT   NOT NULL PRIMARY KEY,
    created_at     BIGINT NOT NULL,
    gone_at        BIGINT NOT NULL,
    release_number BIGINT NOT NULL REFERENCES releases (number),
    verdict        TEXT,
    rules          TEXT   NOT NULL,
    outcome        TEXT
);

-- Answers to repeated requests. `status` is missing while the first is in flight.
CREATE TABLE idempotency (
    name    TEXT   NOT NULL PRIMARY KEY,
    request TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    case_id TEXT REFERENCES cases (id) ON DELETE CASCADE,
    status  BIGINT,
    headers TEXT,
    body    BLOB
);
CREATE INDEX idempotency_at ON idempotency (at);

CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);
