-- Devices that accounts are reached at.
CREATE TABLE IF NOT EXISTS mb_push_device (
    id           bigint AUTO_INCREMENT PRIMARY KEY,
    address_hash varchar(64)   NOT NULL UNIQUE,
    owner        varchar(255)  NOT NULL,
    platform     varchar(16)   NOT NULL,
    app          varchar(255)  NOT NULL,
    token        varchar(4096) NOT NULL,
    session_id   varchar(255),
    zone         varchar(64),
    locale       varchar(255),
    seen_at      datetime(6) NOT NULL,
    INDEX mb_push_device_owner (owner),
    INDEX mb_push_device_session (session_id)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
