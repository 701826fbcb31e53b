-- Devices that accounts are reached at.
CREATE TABLE IF NOT EXISTS mb_push_device (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    address_hash varchar(64)   NOT NULL UNIQUE,
    owner        varchar(255)  NOT NULL,
    platform     varchar(16)   NOT NULL,
    app          varchar(255)  NOT NULL,
    token        varchar(4096) NOT NULL,
    session_id   varchar(255),
    zone         varchar(64),
    locale       varchar(255),
    seen_at      timestamp(6) with time zone NOT NULL
);
CREATE INDEX IF NOT EXISTS mb_push_device_owner ON mb_push_device (owner);
CREATE INDEX IF NOT EXISTS mb_push_device_session ON mb_push_device (session_id);
