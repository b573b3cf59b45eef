-- What a case takes out of its texts (`secrets` or `people`), what was taken out of each round, and the numbers that
-- stand for the case's people and machines. `mac` is keyed with a file outside the database; no name is kept.

ALTER TABLE cases ADD COLUMN redact TEXT NOT NULL DEFAULT 'secrets';

ALTER TABLE rounds ADD COLUMN redactions TEXT NOT NULL DEFAULT '[]';

CREATE TABLE pseudonyms (
    case_id TEXT   NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    kind    TEXT   NOT NULL,
    mac     TEXT   NOT NULL,
    number  BIGINT NOT NULL,
    PRIMARY KEY (case_id, kind, mac)
);
