-- Tables of the demo shop; small, and the load keeps them so.
CREATE TABLE customers (
    id    integer PRIMARY KEY,
    email text NOT NULL
);
CREATE TABLE orders (
    id          integer PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES customers,
    status      text NOT NULL,
    total_cents integer NOT NULL,
    updated_at  timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE order_lines (
    order_id integer NOT NULL REFERENCES orders,
    line_no  integer NOT NULL,
    sku      text NOT NULL,
    quantity integer NOT NULL,
    PRIMARY KEY (order_id, line_no)
);
CREATE TABLE page_views (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    path    text NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO customers SELECT n, 'user-' || n || '@example.com' FROM generate_series(1, 500) n;
INSERT INTO orders
    SELECT n, 1 + n % 500, (ARRAY['new', 'paid', 'shipped'])[1 + n % 3], 499 + n * 7 % 24000
    FROM generate_series(1, 5000) n;
INSERT INTO order_lines
    SELECT n, k, 'SKU-' || (n * k % 900), 1 + (n + k) % 4
    FROM generate_series(1, 5000) n, generate_series(1, 3) k;
CREATE INDEX ON orders (customer_id);
