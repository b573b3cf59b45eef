-- Who may do what, and who did what. Passwords are Argon2id (PHC strings); session and token secrets are kept as SHA-256.

CREATE TABLE accounts (
    name            TEXT   NOT NULL PRIMARY KEY,
    password        TEXT,
    password_set_at BIGINT,
    roles           TEXT   NOT NULL,
    created_at      BIGINT NOT NULL,
    disabled_at     BIGINT,
    last_login_at   BIGINT
);

CREATE TABLE sessions (
    secret     TEXT   NOT NULL PRIMARY KEY,
    id         TEXT   NOT NULL UNIQUE,
    account    TEXT   NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    address    TEXT,
    agent      TEXT
);
CREATE INDEX sessions_account ON sessions (account);

CREATE TABLE tokens (
    id           TEXT   NOT NULL PRIMARY KEY,
    secret       TEXT   NOT NULL UNIQUE,
    name         TEXT   NOT NULL,
    scopes       TEXT   NOT NULL,
    created_by   TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at   BIGINT
);

-- Failed sign-ins under a name that says what is counted: an address, an account, or both.
CREATE TABLE sign_in_failures (
    name    TEXT   NOT NULL PRIMARY KEY,
    count   BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);

-- Addresses from which an account signed in; others cannot keep it out of these.
CREATE TABLE sign_in_addresses (
    account TEXT   NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
    address TEXT   NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (account, address)
);

-- Each entry's hash covers the entry and the hash before it.
CREATE TABLE audit (
    number   BIGINT NOT NULL PRIMARY KEY,
    at       BIGINT NOT NULL,
    who      TEXT   NOT NULL,
    via      TEXT   NOT NULL,
    address  TEXT,
    action   TEXT   NOT NULL,
    subject  TEXT   NOT NULL,
    detail   TEXT   NOT NULL,
    hash     TEXT   NOT NULL
);
CREATE INDEX audit_at ON audit (at);

-- Links by which a password is set once: of the first account (`account` is missing), of a new one, of one that forgot it.
CREATE TABLE invitations (
    secret     TEXT   NOT NULL PRIMARY KEY,
    account    TEXT REFERENCES accounts (name) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
