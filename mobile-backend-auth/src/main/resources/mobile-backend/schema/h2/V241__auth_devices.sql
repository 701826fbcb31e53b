-- The devices on which accounts were signed in, by tags that tell neither which device nor that two accounts share one.
CREATE TABLE IF NOT EXISTS mb_auth_devices (
    account_id   varchar(64) NOT NULL,
    tag          varchar(22) NOT NULL,
    seen_at      timestamp with time zone NOT NULL, -- the newest sign-in
    country_code varchar(2), -- roughly where that was
    place_name   varchar(100),
    latitude     double precision,
    longitude    double precision,
    PRIMARY KEY (account_id, tag)
);
