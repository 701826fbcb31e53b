-- What was sold day by day.
CREATE TABLE IF NOT EXISTS shop_report (
    sold_on date PRIMARY KEY,
    orders  bigint NOT NULL,
    total   bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS shop_order_created ON shop_order (created_at);
