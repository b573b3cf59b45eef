-- What a house fills `{{setting:NAME}}` with. How often they changed stands in `meta` as `house_revision`.
CREATE TABLE house_settings (
    name       TEXT   NOT NULL PRIMARY KEY,
    value      TEXT   NOT NULL,
    changed_by TEXT   NOT NULL,
    changed_at BIGINT NOT NULL
);
