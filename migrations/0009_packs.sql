-- The packs that came with the program, or in the folder that it was started with (`line`), and were taken here: what the
-- rules here began from is found here when another one comes. `files` is the pack; one that came as a proposal counts as
-- taken once that is published.

CREATE TABLE packs (
    line     TEXT   NOT NULL,
    hash     TEXT   NOT NULL,
    number   BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    engine   TEXT   NOT NULL,
    files    TEXT   NOT NULL,
    proposal BIGINT REFERENCES proposals (number),
    PRIMARY KEY (line, hash)
);
