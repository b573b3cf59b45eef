-- What editors change before it is published. `text` is YAML as they left it, which need not parse; `base` is the text
-- that it began from, of the release `base_release`, empty where there was none. Revisions are never used twice.

CREATE TABLE drafts (
    kind         TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    revision     BIGINT NOT NULL,
    base_release BIGINT NOT NULL,
    base         TEXT   NOT NULL,
    text         TEXT   NOT NULL,
    removed      BIGINT NOT NULL,
    created_by   TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    changed_by   TEXT   NOT NULL,
    changed_at   BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
);

-- The texts of a draft, the present one included: what two people both began from is found here.
CREATE TABLE draft_texts (
    kind       TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    revision   BIGINT NOT NULL,
    text       TEXT   NOT NULL,
    changed_by TEXT   NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (kind, id, revision),
    FOREIGN KEY (kind, id) REFERENCES drafts (kind, id) ON DELETE CASCADE
);

-- Which examples came from which case. They outlive it, so that it can be said where its words went.
CREATE TABLE case_examples (
    case_id TEXT   NOT NULL,
    rule    TEXT   NOT NULL,
    text    TEXT   NOT NULL,
    who     TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (case_id, rule, text)
);
