-- Devices that accounts are reached at. No index on seen_at, which keeps the update of each start of an app inside its
-- page; the purge reads the table.
CREATE TABLE mb_push_device (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    address_hash text NOT NULL UNIQUE,
    owner        text NOT NULL,
    platform     text NOT NULL,
    app          text NOT NULL,
    token        text NOT NULL,
    session_id   text,
    zone         text,
    locale       text,
    seen_at      timestamp with time zone NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX mb_push_device_owner ON mb_push_device (owner);
CREATE INDEX mb_push_device_session ON mb_push_device (session_id);
