-- The shop's own tables.
CREATE TABLE IF NOT EXISTS shop_product (
    id    bigint PRIMARY KEY,
    name  varchar(100) NOT NULL,
    price bigint NOT NULL,
    stock int NOT NULL CHECK (stock >= 0)
);

CREATE TABLE IF NOT EXISTS shop_order (
    id         varchar(36) PRIMARY KEY,
    account_id varchar(64) NOT NULL,
    product_id bigint NOT NULL REFERENCES shop_product (id),
    quantity   int NOT NULL,
    total      bigint NOT NULL,
    status     varchar(20) NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE INDEX IF NOT EXISTS shop_order_newest ON shop_order (account_id, created_at, id);
CREATE INDEX IF NOT EXISTS shop_order_product ON shop_order (product_id);

CREATE TABLE IF NOT EXISTS shop_receipt (
    order_id varchar(36) PRIMARY KEY REFERENCES shop_order (id),
    number   bigint GENERATED ALWAYS AS IDENTITY,
    made_at  timestamp with time zone NOT NULL
);

CREATE TABLE IF NOT EXISTS shop_mail (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recipient varchar(320) NOT NULL,
    subject   varchar(200) NOT NULL,
    code      varchar(64),
    sent_at   timestamp with time zone NOT NULL
);
CREATE INDEX IF NOT EXISTS shop_mail_newest ON shop_mail (recipient, id);
