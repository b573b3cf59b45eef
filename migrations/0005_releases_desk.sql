-- How rules come to be published: proposals with the drafts they hold, what a check found, who said what.

ALTER TABLE releases ADD COLUMN author TEXT NOT NULL DEFAULT 'signpost';
-- The gate's report as JSON; empty where no gate was passed here.
ALTER TABLE releases ADD COLUMN gate TEXT NOT NULL DEFAULT '';
ALTER TABLE releases ADD COLUMN proposal BIGINT;

CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- `contents` counts changes of what is proposed, `run` counts checks: what a check that was given up still writes is of
-- an older run. `place` is the last case that was judged again.
CREATE TABLE proposals (
    number     BIGINT NOT NULL PRIMARY KEY,
    kind       TEXT   NOT NULL,
    title      TEXT   NOT NULL,
    note       TEXT   NOT NULL,
    author     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    state      TEXT   NOT NULL,
    base       BIGINT NOT NULL REFERENCES releases (number),
    contents   BIGINT NOT NULL,
    published  BIGINT REFERENCES releases (number),
    run        BIGINT NOT NULL,
    stage      TEXT   NOT NULL,
    place      TEXT   NOT NULL,
    done       BIGINT NOT NULL,
    total      BIGINT NOT NULL,
    unlisted   BIGINT NOT NULL,
    unread     BIGINT NOT NULL,
    report     TEXT   NOT NULL
);
CREATE INDEX proposals_state ON proposals (state, number);

-- A draft's text as it was when it was chosen.
CREATE TABLE proposal_drafts (
    proposal     BIGINT NOT NULL REFERENCES proposals (number) ON DELETE CASCADE,
    kind         TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    revision     BIGINT NOT NULL,
    base_release BIGINT NOT NULL,
    base         TEXT   NOT NULL,
    text         TEXT   NOT NULL,
    removed      BIGINT NOT NULL,
    changed_by   TEXT   NOT NULL,
    changed_at   BIGINT NOT NULL,
    PRIMARY KEY (proposal, kind, id)
);

-- Cases that the proposal would judge otherwise. `likeness` is the same for cases that change in the same way.
CREATE TABLE proposal_cases (
    proposal    BIGINT NOT NULL REFERENCES proposals (number) ON DELETE CASCADE,
    case_id     TEXT   NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    run         BIGINT NOT NULL,
    said_before TEXT   NOT NULL,
    said_after  TEXT   NOT NULL,
    likeness    TEXT   NOT NULL,
    accepted_by TEXT,
    accepted_at BIGINT,
    PRIMARY KEY (proposal, case_id)
);
CREATE INDEX proposal_cases_case ON proposal_cases (case_id);

CREATE TABLE proposal_words (
    proposal BIGINT NOT NULL REFERENCES proposals (number) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    kind     TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    who      TEXT   NOT NULL,
    about    TEXT   NOT NULL,
    words    TEXT   NOT NULL,
    contents BIGINT NOT NULL,
    PRIMARY KEY (proposal, position)
);
