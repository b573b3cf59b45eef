-- Cases that ask for better rules, one row a case, by the form of their text; and what editors did about each form.
CREATE TABLE wanting (
    case_id TEXT   NOT NULL PRIMARY KEY REFERENCES cases (id) ON DELETE CASCADE,
    kind    TEXT   NOT NULL,
    form    TEXT   NOT NULL,
    sample  TEXT   NOT NULL,
    words   TEXT,
    at      BIGINT NOT NULL
);
CREATE INDEX wanting_form ON wanting (form);

CREATE TABLE inbox (
    form          TEXT NOT NULL PRIMARY KEY,
    assigned_to   TEXT,
    snoozed_until BIGINT,
    dismissed_at  BIGINT,
    dismissed_why TEXT,
    reply         TEXT,
    replied_by    TEXT,
    replied_at    BIGINT
);
